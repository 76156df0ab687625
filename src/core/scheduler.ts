/** When the callbacks of an engine run, and the wall clock of its process: all that it has of the event loop. */
export interface Scheduler {
  /** Milliseconds since 1970 by the wall clock, whatever clock a system runs on. */
  now(): number;
  /** Runs `work` once, after what is under way has come to rest. */
  soon(work: () => void): void;
  /** Runs `work` once, after so many ms of real time. Gives a function that calls it off. */
  after(ms: number, work: () => void): () => void;
  /** Runs `work` again and again, every so many ms of real time, until it is stopped. */
  every(ms: number, work: () => void): Repeated;
}

/** Something that is done again and again. */
export interface Repeated {
  stop(): void;
  /** Whether it keeps the process alive. At first it does not. */
  hold(held: boolean): void;
}

/**
 * The event loop of the process.
 *
 * @example
 * ```ts
 * import { systemScheduler } from 'millrace/core';
 *
 * systemScheduler.soon(() => console.log('second'));
 * console.log('first');
 * ```
 */
export const systemScheduler: Scheduler = {
  now: () => Date.now(),
  soon: (work) => void setImmediate(work),
  after(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  every(ms, work) {
    const timer = setInterval(work, ms).unref();
    return {
      stop: () => clearInterval(timer),
      hold: (held) => void (held ? timer.ref() : timer.unref()),
    };
  },
};
