/** When a breaker opens, and how it closes again. Spans are in ms. */
export interface BreakerSettings {
  /** So many failures open it: in a row, or, with `per`, within that time. */
  readonly failures: number;
  /** With it, only when at least this share of what ended within `per` has failed. Above 0, at most 1. */
  readonly rate?: number | undefined;
  readonly per?: number | undefined;
  /** How long it stays open. */
  readonly reset: number;
  /** So many probes, one after the other, must succeed before it closes. */
  readonly halfOpen: number;
}

export type BreakerState = 'closed' | 'open' | 'halfOpen';

/** How an attempt ended, to a breaker: one that says nothing of the world outside (it was cancelled) is `unknown`. */
export type Ended = 'good' | 'bad' | 'unknown';

/** All that a breaker knows, to be kept between the calls of a process that has no memory. JSON. */
export interface BreakerKept {
  readonly state: BreakerState;
  readonly until: number;
  readonly probing: boolean;
  readonly succeeded: number;
  readonly era: number;
  readonly inRow: number;
  readonly window: readonly { readonly index: number; readonly good: number; readonly bad: number }[];
}

/** The window moves on in steps of this part of it. */
const slots = 32;

interface Slot {
  index: number;
  good: number;
  bad: number;
}

/**
 * Lets attempts through until too many have failed, then none for a while, then one at a time until enough of those
 * have succeeded. It only answers and counts: time is told to it.
 */
export class Breaker {
  readonly settings: BreakerSettings;
  readonly #changed: (state: BreakerState) => void;
  #state: BreakerState = 'closed';
  #until = 0;
  #probing = false;
  #succeeded = 0;
  /** Attempts of an earlier time say nothing of this one. */
  #era = 0;
  #inRow = 0;
  #window: Slot[] = [];

  /** `before`: what was `kept`; or it was open, up to this time, when it was last heard of. */
  constructor(
    settings: BreakerSettings,
    changed: (state: BreakerState) => void = () => {},
    before?: number | BreakerKept,
  ) {
    this.settings = settings;
    this.#changed = changed;
    if (typeof before === 'object') {
      this.#state = before.state;
      this.#until = before.until;
      this.#probing = before.probing;
      this.#succeeded = before.succeeded;
      this.#era = before.era;
      this.#inRow = before.inRow;
      this.#window = before.window.map((slot) => ({ ...slot }));
    } else if (before !== undefined) {
      this.#state = 'open';
      this.#until = before;
    }
  }

  /** All that it knows now. */
  get kept(): BreakerKept {
    return {
      state: this.#state,
      until: this.#until,
      probing: this.#probing,
      succeeded: this.#succeeded,
      era: this.#era,
      inRow: this.#inRow,
      window: this.#window.map((slot) => ({ ...slot })),
    };
  }

  /** What it is now: an open one becomes half open when its time has come. */
  state(now: number): BreakerState {
    if (this.#state !== 'open') return this.#state;
    // The clock was set back.
    this.#until = Math.min(this.#until, now + this.settings.reset);
    if (now >= this.#until) {
      this.#succeeded = 0;
      this.#probing = false;
      this.#become('halfOpen');
    }
    return this.#state;
  }

  /** Until when it is open, if it is. */
  get until(): number | undefined {
    return this.#state === 'open' ? this.#until : undefined;
  }

  /** May an attempt begin? While a probe is under way, another waits for how it ends. */
  allows(now: number): boolean {
    const state = this.state(now);
    return state === 'closed' || (state === 'halfOpen' && !this.#probing);
  }

  /** An attempt that is allowed begins. Gives what `ended` has to be told. */
  begin(): number {
    if (this.#state === 'halfOpen') this.#probing = true;
    return this.#era;
  }

  /** An attempt has ended. */
  ended(era: number, how: Ended, now: number): void {
    if (era !== this.#era) return;
    if (this.#state === 'halfOpen') return this.#probed(how, now);
    if (this.#state !== 'closed' || how === 'unknown') return;
    const { failures, rate, per } = this.settings;
    if (per === undefined) {
      this.#inRow = how === 'bad' ? this.#inRow + 1 : 0;
      if (this.#inRow >= failures) this.#open(now);
      return;
    }
    this.#count(how, Math.floor(now / (per / slots)));
    let good = 0;
    let bad = 0;
    for (const slot of this.#window) {
      good += slot.good;
      bad += slot.bad;
    }
    if (how === 'bad' && bad >= failures && bad / (bad + good) >= (rate ?? 0)) this.#open(now);
  }

  #probed(how: Ended, now: number): void {
    this.#probing = false;
    if (how === 'bad') return this.#open(now);
    if (how === 'unknown' || ++this.#succeeded < this.settings.halfOpen) return;
    this.#inRow = 0;
    this.#window = [];
    this.#become('closed');
  }

  #open(now: number): void {
    this.#until = now + this.settings.reset;
    this.#become('open');
  }

  #become(state: BreakerState): void {
    this.#state = state;
    this.#era++;
    this.#changed(state);
  }

  #count(how: 'good' | 'bad', index: number): void {
    const last = this.#window.at(-1);
    if (last !== undefined && last.index > index) {
      // The clock was set back.
      const by = last.index - index;
      for (const slot of this.#window) slot.index -= by;
    }
    this.#window = this.#window.filter((slot) => slot.index > index - slots);
    let slot = this.#window.at(-1);
    if (slot?.index !== index) {
      slot = { index, good: 0, bad: 0 };
      this.#window.push(slot);
    }
    slot[how]++;
  }
}
