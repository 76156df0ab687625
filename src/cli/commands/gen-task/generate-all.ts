import { relative } from 'node:path';
import type { WrittenTask } from '../../../generate/index.ts';
import { addMoney, type Money } from '../../../llm/index.ts';
import { describeFailure } from '../../../project/kit/failure.ts';
import { canAsk, confirm } from '../../kit/confirm.ts';
import { interruptedCode } from '../../kit/interrupted.ts';
import type { Io } from '../../kit/io.ts';
import { generator } from './generator.ts';
import { withCode } from './choose.ts';
import type { Job } from './job.ts';
import { needsOf } from './needs.ts';
import { optionsFor } from './options.ts';
import { inTurns } from './pool.ts';
import { paid, tell, tellProgress } from './tell.ts';

/** What came of one task: what was generated, or what was thrown. */
interface Ended {
  readonly task: string;
  readonly written?: WrittenTask;
  /** It has code, and there is nobody to ask for other. */
  readonly kept?: true;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** Generates tasks and writes what holds. Exit code 1 when one could not be generated. */
export async function generateAll(io: Io, job: Job): Promise<number> {
  const { tasks, options } = job;
  if (tasks.length === 0) {
    if (io.json) io.document({ ok: true, tasks: [], calls: 0 });
    else io.out('Every task has an implementation.');
    return 0;
  }
  // What code may touch is said before there is any.
  for (const task of tasks) io.note(`${io.paint('bold', task, 'note')} may touch ${needsOf(job.system, task)}.`);
  const few = tasks.length === 1 ? 'this task' : `these ${tasks.length} tasks`;
  const ask = options.yes !== true && job.models !== undefined && canAsk(io);
  const agreed = ask ? await confirm(io, `Generate ${few}${budgetIn(options)}?`) : 'yes';
  if (agreed !== 'yes') {
    io.note('Nothing was asked, and nothing was written.');
    return agreed === 'no' ? 1 : interruptedCode(io);
  }
  const { writeTask } = await generator();
  const unheard = job.models?.on((event) => {
    const instead = event.type === 'chosen' ? /\binstead of .*/.exec(event.reason)?.[0] : undefined;
    if (event.type === 'chosen' && instead !== undefined)
      io.note(
        io.paint('dim', `▸ ${event.task ?? ''}: ${event.model} (${event.role ?? ''}) is asked ${instead}`, 'note'),
      );
  });
  const implemented = job.models === undefined ? await withCode(job) : new Set<string>();
  const generate = async (task: string): Promise<Ended> => {
    if (implemented.has(task)) {
      io.note(`${io.paint('yellow', '·', 'note')} ${task} has code, and there is nobody to ask for other: it stays.`);
      return { task, kept: true };
    }
    try {
      const written = await writeTask({
        ...optionsFor(job, task),
        signal: io.interrupted,
        onProgress: (progress) => tellProgress(io, progress),
      });
      tell(io, written);
      return { task, written };
    } catch (thrown) {
      const { code, message, hint: how } = describeFailure(thrown);
      if (!io.interrupted.aborted) io.note(`${io.paint('red', '✗', 'note')} ${task}: ${message} (${code})`);
      return { task, error: { code, message, ...(how === undefined ? {} : { hint: how }) } };
    }
  };
  const found = await inTurns(tasks, options.concurrency ?? 2, generate, () => io.interrupted.aborted);
  const ended = found.map((one, index): Ended => one ?? { task: tasks[index] ?? '' });
  unheard?.();
  const ok = ended.every((one) => isGood(one));
  // Code that is there stays: nothing of it was begun.
  const begun = ended.some(({ written }) => written?.origin === 'scaffold');
  const hint = begun ? job.hint?.replace('asked:', 'asked, so this is only a beginning:') : job.hint;
  const cost = sumOf(ended);
  const calls = ended.reduce((sum, { written }) => sum + (written?.report.calls ?? 0), 0);
  if (io.json) io.document({ ok, tasks: ended.map((one) => asData(io, one)), calls, ...cost, ...(hint && { hint }) });
  else if (tasks.length > 1) io.note(sumUp(ended, calls, cost.cost));
  if (hint !== undefined && !io.json) io.note(hint);
  return io.interrupted.aborted ? interruptedCode(io) : ok ? 0 : 1;
}

/** A beginning is what was promised where nobody can be asked. */
const isGood = ({ written, kept }: Ended): boolean =>
  kept === true || written?.success === true || written?.origin === 'scaffold';

function budgetIn({ maxCost }: Job['options']): string {
  if (maxCost === undefined) return '';
  return ` for at most ${maxCost}${/^[\d.]+$/.test(maxCost) ? ' USD' : ''}`;
}

/** What all of them cost. Nothing, where one price is not known. */
function sumOf(ended: readonly Ended[]): { readonly cost?: Money } {
  const paidFor = ended.flatMap(({ written }) => (written !== undefined && written.report.calls > 0 ? [written] : []));
  const costs = paidFor.flatMap(({ report: { cost } }) => (cost === undefined ? [] : [cost]));
  const [first, ...others] = costs;
  if (first === undefined || costs.length < paidFor.length) return {};
  return { cost: addMoney(first, ...others) };
}

function sumUp(ended: readonly Ended[], calls: number, cost: Money | undefined): string {
  const good = ended.filter(isGood).length;
  const money = calls === 0 ? 'nobody was asked' : paid(calls, cost);
  return `${good} of ${ended.length} tasks; ${money}.`;
}

function asData(io: Io, { task, written, kept, error }: Ended): object {
  if (kept === true) return { task, ok: true, kept };
  if (written === undefined) return { task, ok: false, ...(error === undefined ? { skipped: true } : { error }) };
  const { origin, files, attempts, usage, notes, report } = written;
  const failure = origin === 'scaffold' ? undefined : written.error;
  return {
    task,
    ok: isGood({ task, written }),
    origin,
    files: files.map((one) => ({ ...one, path: relative(io.cwd, one.path) })),
    attempts,
    calls: report.calls,
    ...(report.cost === undefined ? {} : { cost: report.cost }),
    usage,
    took: report.took,
    ...(notes === undefined ? {} : { notes }),
    ...(failure === undefined ? {} : { error: { code: failure.code, message: failure.message } }),
    report,
  };
}
