import { RecordedError, type ErrorRecord } from '../../core/index.ts';
import type { Record } from './records.ts';

const order = new WeakMap<object, number>();

/** The error that a `failed` line of the journal stands for. */
export function recordedError(record: Pick<Record, 'data' | 'seq'>): RecordedError {
  const error = new RecordedError(JSON.parse(record.data ?? '') as ErrorRecord);
  order.set(error, record.seq);
  return error;
}

/** When a failure was recorded. Of several failed parts the earliest counts, so that a replay ends the same way. */
export function orderOf(thrown: unknown): number {
  return (typeof thrown === 'object' && thrown !== null ? order.get(thrown) : undefined) ?? Number.MAX_SAFE_INTEGER;
}
