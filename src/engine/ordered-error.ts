import { RecordedError, type ErrorRecord } from '../core/index.ts';
import { Cancelled } from './errors.ts';

const orders = new WeakMap<object, number>();

/** The error that a recorded failure stands for; `order`: as the how manieth thing of its run it came. */
export function orderedError(record: ErrorRecord, order: number): RecordedError {
  const error = new RecordedError(record);
  orders.set(error, order);
  return error;
}

/** When a failure was recorded. Of several failed parts the earliest counts, so that a replay ends the same way. */
function orderOf(thrown: unknown): number {
  return (typeof thrown === 'object' && thrown !== null ? orders.get(thrown) : undefined) ?? Number.MAX_SAFE_INTEGER;
}

/** Of the failures of parts beside each other the one that counts: the earliest of those that are no cancel. */
export function firstFailure(failures: readonly unknown[]): unknown {
  const [first] = failures.filter((thrown) => !(thrown instanceof Cancelled)).sort((a, b) => orderOf(a) - orderOf(b));
  return first;
}
