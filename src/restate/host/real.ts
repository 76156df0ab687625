import type { Place } from '../contract.ts';

/** So many ms of the clock, as Restate waits for them: whole ones, and never less. */
export function inTruth({ real }: Place, ms: number): number {
  return Math.max(0, Math.ceil(real(ms)));
}
