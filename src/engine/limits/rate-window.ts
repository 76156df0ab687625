/** Starts that were at one time, or so close to each other that the last one stands for all. */
export interface Starts {
  /** The last of them, in ms since 1970. */
  readonly at: number;
  readonly count: number;
  /** The first of them. Default: `at`. */
  readonly from?: number;
}

/** Starts, with how many of them have been counted but not yet made. */
export interface Counted {
  at: number;
  from: number;
  count: number;
  open: number;
}

/** Of limits above this, starts that are close together are counted as one: memory stays bounded. */
const exact = 64;

/**
 * At most `limit` starts in each span of `per` ms, wherever it begins. Starts that are counted as one count from the
 * last of them on, so the limit is never exceeded, at the price of up to a 64th of `per` where it is above 64.
 */
export class RateWindow {
  readonly limit: number;
  readonly per: number;
  readonly #starts: Counted[];
  #total = 0;

  constructor(limit: number, per: number, starts: readonly Starts[] = []) {
    this.limit = limit;
    this.per = per;
    this.#starts = starts.map(({ at, count, from = at }) => ({ at, from, count, open: 0 }));
    for (const { count } of starts) this.#total += count;
  }

  /** How many starts count now. */
  used(now: number): number {
    this.#forget(now);
    return this.#total;
  }

  /** When another start is allowed, in ms since 1970: `now`, or later. */
  ready(now: number): number {
    this.#forget(now);
    let over = this.#total - this.limit;
    if (over < 0) return now;
    for (const { at, count } of this.#starts) {
      over -= count;
      if (over < 0) return Math.max(at + this.per, now + 1);
    }
    return now;
  }

  /** Counts a start that is about to be made. */
  start(now: number): Counted {
    this.#forget(now);
    this.#total++;
    const last = this.#starts.at(-1);
    if (last !== undefined && this.limit > exact && now - last.from < this.per / exact) {
      last.at = now;
      last.count++;
      last.open++;
      return last;
    }
    const one = { at: now, from: now, count: 1, open: 1 };
    this.#starts.push(one);
    return one;
  }

  /** The start that was counted has been made now: it had to be written down first. */
  begun(one: Counted, now: number): void {
    one.open--;
    if (now > one.at) one.at = now;
  }

  /** What is to be kept, the oldest first. */
  get starts(): readonly Starts[] {
    return this.#starts;
  }

  #forget(now: number): void {
    const last = this.#starts.at(-1);
    // The clock was set back: as if that had been right after the last start.
    if (last !== undefined && last.at > now) {
      const by = last.at - now;
      for (const one of this.#starts) {
        one.at -= by;
        one.from -= by;
      }
    }
    let gone = 0;
    for (const { at, count, open } of this.#starts) {
      if (open > 0 || at + this.per > now) break;
      this.#total -= count;
      gone++;
    }
    if (gone > 0) this.#starts.splice(0, gone);
  }
}
