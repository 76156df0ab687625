import type { Clock } from '../core/index.ts';

/** The same clock in whole milliseconds: others, such as `performance.now()`, have fractions, which no database column takes. */
export function inWholeMs(clock: Clock): Clock {
  const { wall } = clock;
  return {
    now: () => Math.floor(clock.now()),
    at: (due, callback) => clock.at(due, callback),
    ...(wall === undefined ? {} : { wall: inWholeMs(wall) }),
  };
}
