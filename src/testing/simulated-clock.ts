import { milliseconds, type Clock, type Duration } from '../core/index.ts';

interface Timer {
  readonly at: number;
  /** Timers of the same time fire in the order in which they were set. */
  readonly order: number;
  readonly callback: () => void;
}

/** Options of a simulated clock. */
export interface SimulatedClockOptions {
  /** Where time starts, in ms since 1970. Default: 2026-01-01. */
  readonly start?: number;
  /**
   * Lets everything that a timer set off come to rest before time goes on. The default waits for promises and
   * immediates only; a system that waits for real files or processes gives its own, such as `() => runtime.idle()`.
   */
  readonly settle?: () => Promise<unknown>;
  /** How what is due by itself is called. Default: on the next turn of the event loop. */
  readonly soon?: (work: () => void) => void;
}

/**
 * A clock that moves only when it is told to: days pass in a test at once, in the same order every time.
 *
 * A timer that is already due fires by itself; all others wait for `advance`, `advanceToNext` or `runUntilIdle`.
 *
 * @example
 * ```ts
 * import { SimulatedClock } from 'millrace/testing';
 *
 * const clock = new SimulatedClock();
 * let rang = false;
 * clock.at(clock.now() + 86_400_000, () => (rang = true));
 * await clock.advance('1d'); // rang is true
 * ```
 */
export class SimulatedClock implements Clock {
  readonly #timers = new Set<Timer>();
  readonly #settle: () => Promise<unknown>;
  readonly #soon: (work: () => void) => void;
  #now: number;
  #order = 0;

  constructor(options: SimulatedClockOptions = {}) {
    this.#now = options.start ?? Date.UTC(2026, 0, 1);
    this.#settle = options.settle ?? turns;
    this.#soon = options.soon ?? ((work) => void setImmediate(work));
  }

  now(): number {
    return this.#now;
  }

  at(at: number, callback: () => void): () => void {
    const timer: Timer = { at, order: this.#order++, callback };
    this.#timers.add(timer);
    if (at <= this.#now) this.#soon(() => this.#fire(timer));
    return () => void this.#timers.delete(timer);
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer is due, in ms since 1970. */
  get next(): number | undefined {
    return this.#first()?.at;
  }

  /** Moves time on by a number of ms or a duration, firing what falls due on the way, each at its own time. */
  async advance(time: number | Duration): Promise<void> {
    await this.#to(this.#now + (typeof time === 'number' ? time : milliseconds(time)));
  }

  /** Moves time to the next timer and fires it, with all that are due at the same time. False: there is none. */
  async advanceToNext(): Promise<boolean> {
    await this.#settle();
    const next = this.next;
    if (next === undefined) return false;
    await this.#to(Math.max(next, this.#now));
    return true;
  }

  /**
   * Moves time on until no timer is left, or the next one lies after `until` (ms since 1970; time then stands there).
   *
   * @throws Error when it takes more than `limit` moves (default 100 000): something sets a new timer for ever.
   */
  async runUntilIdle(options: { readonly until?: number; readonly limit?: number } = {}): Promise<void> {
    const { until = Number.POSITIVE_INFINITY, limit = 100_000 } = options;
    await this.#settle();
    for (let moves = 0; this.next !== undefined && this.next <= until; moves++) {
      if (moves === limit)
        throw new Error(`The simulated clock is not idle after ${limit} moves: something sets a new timer for ever.`);
      await this.advanceToNext();
    }
    if (Number.isFinite(until) && until > this.#now) this.#now = until;
  }

  /**
   * Sets the clock forward or back by so many ms at once, as whoever corrects the clock of a machine does. What is due
   * then fires late and by itself; after a jump back, everything waits for its time again.
   */
  jump(ms: number): void {
    this.#now += ms;
    const due = [...this.#timers].filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at || a.order - b.order);
    for (const timer of due) this.#soon(() => this.#fire(timer));
  }

  async #to(end: number): Promise<void> {
    await this.#settle();
    for (let timer = this.#first(); timer !== undefined && timer.at <= end; timer = this.#first()) {
      this.#now = Math.max(this.#now, timer.at);
      this.#fire(timer);
      await this.#settle();
    }
    this.#now = Math.max(this.#now, end);
  }

  #fire(timer: Timer): void {
    // The clock may have been set back since.
    if (timer.at <= this.#now && this.#timers.delete(timer)) timer.callback();
  }

  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}
