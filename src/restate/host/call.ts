import { RecordedError, toErrorRecord, type Duration, type ErrorRecord } from '../../core/index.ts';
import { Cancelled, isOverrun } from '../../engine/index.ts';
import type { AnyTask, At, Call, RetryPolicy } from '../../flow/index.ts';
import { failureEvents } from '../events/index.ts';
import { failureOf } from './order.ts';
import type { Part } from './part.ts';

/** The options of a step or child run. */
export interface CallOptions {
  readonly at: At;
  readonly retry?: RetryPolicy;
  readonly timeout?: Duration;
  readonly onFailure?: 'stop' | 'continue' | { readonly fallback: () => unknown };
}

/** Begins the step `id`: evaluates its call and hands it to `perform`. */
export async function called(
  part: Part,
  id: string,
  call: () => Call<unknown>,
  options: CallOptions,
  perform: (path: string, made: Call<unknown>) => Promise<unknown>,
): Promise<unknown> {
  const path = part.begin(id);
  const { onFailure } = options;
  if (onFailure === undefined || onFailure === 'stop') return perform(path, callFor(part, path, call, options.at));
  try {
    return await perform(path, callFor(part, path, call, options.at));
  } catch (thrown) {
    if (thrown instanceof Cancelled || isOverrun(thrown)) throw thrown;
    part.run.errors.push({ path, error: toErrorRecord(thrown) });
    return onFailure === 'continue' ? undefined : onFailure.fallback();
  }
}

/** Evaluates the lambda of a call. One that throws fails its step. */
export function callFor<Result>(part: Part, path: string, call: () => Call<Result>, at: At): Call<Result> {
  try {
    return call();
  } catch (thrown) {
    throw failed(part, path, { ...toErrorRecord(thrown), retryable: false }, at);
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

/** A step has failed for good; gives the error to throw, the same one that a replay throws. */
export function failed(
  part: Part,
  path: string,
  error: ErrorRecord,
  at: At,
  /** The task that has failed, and its input as JSON. */
  task?: { readonly contract: AnyTask; readonly asked: unknown },
): Error {
  const { run } = part;
  const located: ErrorRecord = {
    ...error,
    details: { ...error.details, run: run.id, step: path, source: part.source(at) },
  };
  if (task !== undefined) {
    const where = { error: located, runId: run.id, step: path };
    run.publish(failureEvents(task.contract, task.asked, where, { invocation: run.invocation, at: part.time }));
  }
  return failureOf(run, located);
}
