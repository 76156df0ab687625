import type { ErrorRecord } from '../../core/index.ts';

/** Has a call cost so much that a budget is overrun? Then nothing more may be spent. */
export function isOverrun({ code }: Pick<ErrorRecord, 'code'>): boolean {
  return code === 'MR4081';
}
