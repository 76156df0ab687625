import { Cancelled, sameJson, isOverrun } from '../../engine/index.ts';
import { messageOf, RecordedError, toErrorRecord, type Duration, type ErrorRecord } from '../../core/index.ts';
import type { AnyTask, At, Call, RetryPolicy } from '../../flow/index.ts';
import { tellFailure } from '../publish.ts';
import { recordedError } from './order.ts';
import type { Part } from './part.ts';
import type { Record } from './records.ts';

/** The options of a step or child run. */
export interface CallOptions {
  readonly at: At;
  readonly retry?: RetryPolicy;
  readonly timeout?: Duration;
  readonly onFailure?: 'stop' | 'continue' | { readonly fallback: () => unknown };
}

/** What becomes of the flow when a step has failed for good. */
async function goOn(part: Part, path: string, options: CallOptions, work: () => Promise<unknown>): Promise<unknown> {
  const { onFailure } = options;
  if (onFailure === undefined || onFailure === 'stop') return work();
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof Cancelled || isOverrun(thrown)) throw thrown;
    part.run.errors.push({ path, error: toErrorRecord(thrown) });
    return onFailure === 'continue' ? undefined : onFailure.fallback();
  }
}

/** Begins the step `id`: evaluates its call and hands it to `perform`, unless a record says that it could not be made. */
export async function called(
  part: Part,
  id: string,
  call: () => Call<unknown>,
  options: CallOptions,
  perform: (path: string, record: Record | undefined, made: Call<unknown>) => Promise<unknown>,
): Promise<unknown> {
  const { path, record } = await part.begin(id);
  return goOn(part, path, options, async () => {
    if (record !== undefined && !record.begun) {
      part.time = record.at;
      throw recordedError(record);
    }
    return perform(path, record, await callFor(part, path, record, call, options.at));
  });
}

/** Evaluates the lambda of a call. One that throws fails its step, and the failure is recorded like any other. */
export async function callFor<Result>(
  part: Part,
  path: string,
  record: Record | undefined,
  call: () => Call<Result>,
  at: At,
): Promise<Call<Result>> {
  try {
    const made = call();
    const edit = part.run.past.editOf(path);
    return edit === undefined ? made : { ...made, input: edit.input };
  } catch (thrown) {
    if (record !== undefined)
      return part.diverged(`the call of step '${path}' throws now (${messageOf(thrown)}), and did not before`);
    throw failed(part, path, { ...toErrorRecord(thrown), retryable: false }, { name: null, attempt: 0, at });
  }
}

/** Runs a lambda that is no step of its own, such as the condition of a repeat. Its failure says where. */
export function located<Value>(part: Part, path: string, at: At, lambda: () => Value): Value {
  try {
    return lambda();
  } catch (thrown) {
    const { details, ...error } = toErrorRecord(thrown);
    const place = { run: part.run.id, step: path, source: part.source(at) };
    throw new RecordedError({ ...error, retryable: false, details: { ...details, ...place } });
  }
}

/** Records that a step has failed for good; gives the error to throw, the same one that a replay throws. */
export function failed(
  part: Part,
  path: string,
  error: ErrorRecord,
  step: { readonly name: string | null; readonly attempt: number; readonly at: At },
  /** The task that has failed, and the JSON text of its input. */
  task?: { readonly contract: AnyTask; readonly asked: string | null },
): Error {
  const located: ErrorRecord = {
    ...error,
    details: { ...error.details, run: part.run.id, step: path, source: part.source(step.at) },
  };
  const { run } = part;
  const event = task && run.context.registry.failure(task.contract);
  const row = run.append(
    {
      kind: 'failed',
      path,
      name: step.name,
      attempt: step.attempt,
      place: step.at,
      data: JSON.stringify(located),
    },
    event && ((tx) => tellFailure(run.context, tx, event, task.asked, { error: located, runId: run.id, step: path })),
  );
  part.time = row.at;
  return recordedError(row);
}

/** Checks that a record belongs to what the code asks for. */
export async function expectSame(
  part: Part,
  path: string,
  record: Record,
  name: string,
  asked: string | null,
): Promise<void> {
  if (record.name !== name)
    await part.diverged(`step '${path}' is recorded with '${record.name}', and the code asks for '${name}'`);
  if (!sameJson(record.asked, asked))
    await part.diverged(`step '${path}' is recorded with another input than the code now gives`);
}
