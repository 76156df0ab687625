import { RecordedError, type ErrorRecord } from '../../core/index.ts';
import type { Run } from '../runs/run.ts';

const order = new WeakMap<object, number>();

/** A failure that came now, as the how manieth end of the run. */
export function failureOf(run: Run, record: ErrorRecord): RecordedError {
  const error = new RecordedError(record);
  order.set(error, run.nextOrder());
  return error;
}

/** When a failure came. Of several failed parts the earliest counts, so that a replay ends the same way. */
export function orderOf(thrown: unknown): number {
  return (typeof thrown === 'object' && thrown !== null ? order.get(thrown) : undefined) ?? Number.MAX_SAFE_INTEGER;
}
