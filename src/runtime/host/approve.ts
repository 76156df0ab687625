import {
  Cancelled,
  RunError,
  decision,
  type Decision,
  type Question,
  filledIn,
  jsonSchema,
} from '../../engine/index.ts';
import { milliseconds, toErrorRecord } from '../../core/index.ts';
import type { Approval, ApproveOptions } from '../../flow/index.ts';
import { failed } from './call.ts';
import { cancelWait, dropWait } from './cancel-wait.ts';
import { recordedError } from './order.ts';
import type { Part } from './part.ts';
import { setTimer } from './timer.ts';

/** Waits until a person has decided. What is asked is recorded; where the code now asks something else, it asks anew. */
export async function approve(part: Part, id: string, options: ApproveOptions): Promise<Approval | undefined> {
  const { run, scope } = part;
  const { path, record } = await part.begin(id);
  if (record !== undefined && !isOurs(record.kind, record.name))
    return part.diverged(`'${path}' is recorded as '${record.name ?? record.kind}', and is now a decision`);
  if (record === undefined || record.kind === 'asked') {
    const old = record === undefined ? undefined : (JSON.parse(record.data ?? '{}') as Question);
    if (scope.reason === undefined) ask(part, path, options, old);
    await run.wait(path, scope);
  }
  let known = run.records.get(path);
  if (known === undefined || known.kind === 'asked')
    known = await cancelWait(part, path, { name: decision, at: options.at }, (tx) => dropWait(tx, run.id, path));
  if (known === undefined || known.kind === 'asked' || known.kind === 'cancelled') {
    throw scope.reason ?? new Cancelled(`The decision '${path}' was cancelled.`);
  }
  part.time = known.at;
  if (known.kind === 'failed') throw recordedError(known);
  if (known.kind === 'timedOut') {
    if (options.onTimeout === 'continue') return undefined;
    const error = new RunError(
      'MR3235',
      `Nobody decided '${path}' of run '${run.id}' within ${options.timeout ?? 'its time'}.`,
      { fault: 'environment' },
    );
    throw failed(part, path, toErrorRecord(error), { name: decision, attempt: 0, at: options.at });
  }
  part.finished.set(id, known.seq);
  const { approved, by, form } = JSON.parse(known.data ?? '{}') as Decision;
  const filled = filledIn(options.form, form, approved);
  if (filled.ok) return { approved, by, at: known.at, form: filled.value as never };
  return part.diverged(`what was filled in at '${path}' does not fit its form any more (${filled.problems})`);
}

const isOurs = (kind: string, name: string | null): boolean =>
  name === decision || (kind === 'failed' && name === null);

/** Records what is asked, unless the same is recorded already. */
function ask(part: Part, path: string, options: ApproveOptions, old: Question | undefined): void {
  const { run } = part;
  const now = run.context.clock.now();
  let question: Question;
  try {
    const message = options.message?.();
    const limit = options.timeout === undefined ? undefined : now + milliseconds(options.timeout);
    const until = old === undefined ? limit : old.until;
    question = {
      ...(message === undefined ? {} : { message }),
      ...(options.form === undefined ? {} : { form: jsonSchema(options.form) }),
      ...(until === undefined ? {} : { until }),
    };
  } catch (thrown) {
    throw failed(
      part,
      path,
      { ...toErrorRecord(thrown), retryable: false },
      { name: null, attempt: 0, at: options.at },
    );
  }
  const data = JSON.stringify(question);
  if (old !== undefined && JSON.stringify(old) === data) return;
  run.append({ kind: 'asked', path, name: decision, place: options.at, data }, (tx) => {
    if (old !== undefined) return;
    tx.waits.insert({ run: run.id, path, event: decision, key: '', created: now });
    if (question.until !== undefined) setTimer(tx, 'wait', run.id, path, question.until);
  });
}
