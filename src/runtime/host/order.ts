import type { ErrorRecord, RecordedError } from '../../core/index.ts';
import { orderedError } from '../../engine/index.ts';
import type { Record } from './records.ts';

/** The error that a `failed` line of the journal stands for. */
export const recordedError = ({ data, seq }: Pick<Record, 'data' | 'seq'>): RecordedError =>
  orderedError(JSON.parse(data ?? '') as ErrorRecord, seq);
