import type { ErrorRecord } from '../core/index.ts';

/** No failure is taken at its word for longer than this, in ms: a day. */
const longestWait = 86_400_000;

/** When another attempt makes sense after this failure, in ms since 1970: 0 when that is not known. */
export function notBefore({ code, details }: ErrorRecord, now: number): number {
  const until = code === 'MR3120' ? details?.['until'] : undefined;
  if (typeof until === 'number') return until;
  // Who was asked for a model says when to come again.
  const wait = code.startsWith('MR40') ? details?.['retryAfterMs'] : undefined;
  return typeof wait === 'number' && wait > 0 ? now + Math.min(wait, longestWait) : 0;
}
