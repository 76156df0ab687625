import { RecordedError } from '../../core/index.ts';

/** A call has cost so much that a budget is overrun: nothing more may be spent. */
const overrun = 'MR4081';

export const isOverrun = (failure: unknown): failure is RecordedError =>
  failure instanceof RecordedError && failure.code === overrun;
