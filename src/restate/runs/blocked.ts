import { toErrorRecord, type ErrorRecord } from '../../core/index.ts';

/**
 * This code cannot go on with a run that another could: thrown out of its invocation, which Restate then asks for again,
 * later and later. Its text is what the server tells of the last failure.
 */
export class Blocked extends Error {
  override readonly name: string = 'Blocked';
  readonly record: ErrorRecord;

  constructor(cause: unknown) {
    const record = toErrorRecord(cause);
    super(`${record.code}: ${record.message}`, { cause });
    this.record = record;
  }
}
