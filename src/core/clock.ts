/** Where all time comes from. Milliseconds since 1970, and one way to wait. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Calls back once at or after `at` (milliseconds since 1970). Returns a function that calls it off. */
  at(at: number, callback: () => void): () => void;
  /**
   * The clock that real work is measured by, when it is another one: an accelerated clock shortens waits, but a
   * request or a heartbeat takes as long as ever. Absent: this clock itself.
   */
  readonly wall?: Clock;
  /** How many ms of it pass in one of the wall's. Absent: 1. */
  readonly factor?: number;
}

// setTimeout counts in a signed 32-bit number of milliseconds: a longer wait is taken in pieces.
const longest = 2_147_483_647;

/**
 * The wall clock, optionally sped up: with `factor` 86400 a day passes in a second. `origin` fixes where the
 * accelerated time started, so that a second process (or the same one after a crash) reads the same time.
 *
 * @example
 * ```ts
 * import { systemClock } from 'millrace/core';
 *
 * systemClock().now(); // as Date.now()
 * ```
 */
export function systemClock(options: { readonly factor?: number; readonly origin?: ClockOrigin } = {}): Clock {
  const factor = options.factor ?? 1;
  const origin = options.origin ?? { real: 0, virtual: 0 };
  const now = (): number =>
    factor === 1 && origin.real === origin.virtual
      ? Date.now()
      : Math.floor(origin.virtual + (Date.now() - origin.real) * factor);
  return {
    now,
    ...(factor === 1 ? {} : { wall: systemClock(), factor }),
    at(at, callback) {
      let timer: ReturnType<typeof setTimeout>;
      const arm = (): void => {
        const left = (at - now()) / factor;
        if (left <= 0) timer = setTimeout(callback, 0);
        else if (left > longest) timer = setTimeout(arm, longest);
        else timer = setTimeout(() => (now() >= at ? callback() : arm()), Math.ceil(left));
      };
      arm();
      return () => clearTimeout(timer);
    },
  };
}

/** The moment at which an accelerated clock was started: its real and its virtual time, in ms since 1970. */
export interface ClockOrigin {
  readonly real: number;
  readonly virtual: number;
}
