import type { ErrorRecord, RecordedError } from '../../core/index.ts';
import { orderedError } from '../../engine/index.ts';
import type { Run } from '../runs/run.ts';

/** A failure that came now, as the how manieth end of the run. */
export const failureOf = (run: Run, record: ErrorRecord): RecordedError => orderedError(record, run.nextOrder());
