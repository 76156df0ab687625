import { relative } from 'node:path';
import type { Progress, StageName, WrittenTask } from '../../../generate/index.ts';
import { formatMoney, type Money } from '../../../llm/index.ts';
import type { Io } from '../../kit/io.ts';
import { span } from '../../kit/table.ts';

/** What is worth a line while it is being done. */
const worth: Partial<Readonly<Record<StageName, string>>> = {
  answer: 'asks the model',
  types: 'type-checks what it answered',
  cases: 'tries it in the sandbox',
  mutation: 'tries whether its cases notice mistakes',
  write: 'writes it',
};

/** A line of what is being done. */
export function tellProgress(io: Io, { task, stage, attempt, failed }: Progress): void {
  if (failed !== undefined) {
    io.note(io.paint('dim', `▸ ${task}: answer ${attempt} does not hold at '${stage}': ${failed}`, 'note'));
    return;
  }
  const what = worth[stage];
  if (what === undefined) return;
  io.note(io.paint('dim', `▸ ${task}: ${what}${attempt > 1 ? ` (answer ${attempt})` : ''}`, 'note'));
}

/** What came of a task, for a person: what was done on stderr, files on stdout. */
export function tell(io: Io, written: WrittenTask): void {
  const { report, success, origin, files, error, attempts } = written;
  const { task, took, cost } = report;
  if (!success && origin !== 'scaffold') {
    io.note(
      `${io.paint('red', '✗', 'note')} ${task}: ${error?.message ?? 'there is no code for it.'}${error === undefined ? '' : ` (${error.code})`}`,
    );
    for (const line of reasons(written)) io.note(`    ${line}`);
    if (report.calls > 0) io.note(io.paint('dim', `    ${paid(report.calls, cost)}; nothing was written`, 'note'));
    return;
  }
  const model = report.attempts.at(-1)?.model;
  const how =
    origin === 'scaffold'
      ? 'begun: a typed stub, its tests are todo'
      : origin === 'cached'
        ? 'verified before, and again now; nobody was asked'
        : `generated in ${span(took)}${model === undefined ? '' : ` by ${model.provider}/${model.model}`}; ${attempts === 1 ? 'the first answer held' : `answer ${attempts} held`}, ${paid(report.calls, cost)}`;
  io.note(`${io.paint('green', '✓', 'note')} ${task}: ${how}`);
  if (io.json) return;
  for (const { path, action, why, replaced, diff } of files) {
    const shown = relative(io.cwd, path);
    if (action === 'written') io.out(`${io.paint('green', replaced === true ? '~' : '+')} ${shown}`);
    else if (action === 'unchanged') io.out(`${io.paint('dim', '=')} ${shown}`);
    else {
      const reason = why === 'code' ? 'belongs to the code as it stands' : 'was changed by somebody';
      io.out(`${io.paint('yellow', '?')} ${shown} ${reason}, so this is in ${shown}.new:`);
      if (diff !== undefined) io.out(diff.trimEnd());
    }
  }
  const [code] = files;
  if (code?.action === 'proposed')
    io.note(`${task}: the code in use is what it was. Take ${relative(io.cwd, code.path)}.new over, or delete it.`);
}

/** Why the last answer did not hold. */
function reasons({ report }: WrittenTask): readonly string[] {
  const stages = [...(report.attempts.at(-1)?.stages ?? []), ...report.stages].filter(({ ok }) => !ok);
  const all = stages.flatMap(({ stage, problems }) =>
    problems.map(({ code, line, column, message }) => `${stage} ${code} ${line}:${column}: ${message}`),
  );
  return all.length > 8 ? [...all.slice(0, 8), `… and ${all.length - 8} more`] : all;
}

/** What was asked, and what that cost. */
export const paid = (calls: number, cost: Money | undefined): string =>
  `${calls === 1 ? 'one call' : `${calls} calls`}, ${cost === undefined ? 'price not known' : formatMoney(cost)}`;
