import { longestSpan, milliseconds } from '../core/index.ts';

/**
 * The whole milliseconds of a computed delay: a number of them, or a duration such as `'30s'`; at most 36500d.
 *
 * @throws RangeError when it is neither; MillraceError MR3002 when a text is not a duration.
 */
export function delayOf(delay: unknown): number {
  if (typeof delay === 'string') return milliseconds(delay);
  if (typeof delay === 'number' && delay >= 0 && delay <= longestSpan) return Math.round(delay);
  throw new RangeError(
    `A delay is a number of milliseconds or a duration such as '30s', at most 36500d, not ${String(delay)}.`,
  );
}
