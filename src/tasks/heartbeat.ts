import type { Clock } from '../core/index.ts';

/** Calls back when nothing was heard for `every` ms. */
export interface Watchdog {
  beat(): void;
  stop(): void;
}

/** Watches for signs of life, in the time of `clock`. One timer, however many beats. */
export function watchdog(clock: Clock, every: number, silent: () => void): Watchdog {
  let last = clock.now();
  let stop = (): void => {};
  const arm = (): void => {
    stop = clock.at(last + every, () => (clock.now() - last >= every ? silent() : arm()));
  };
  arm();
  return {
    beat: () => {
      last = clock.now();
    },
    stop: () => stop(),
  };
}
