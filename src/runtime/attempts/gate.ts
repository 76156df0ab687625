import type { Asker } from './asker.ts';
import {
  Breaker,
  RateWindow,
  type BreakerState,
  type Counted,
  type Ended,
  type LimitSettings,
  type Starts,
} from '../../engine/index.ts';
import { every } from './choose.ts';
import { Waiting, type Entry, type Level } from './waiting.ts';

/** What holds an attempt back. */
export type Hold = 'concurrency' | 'rateLimit' | 'breaker';

/** What an attempt that may begin has taken of the limits, to be given back at its end. */
export interface Taken {
  readonly gate: Gate;
  readonly era: number;
  readonly starts: readonly Counted[];
  /** Has it been told when it began? */
  noted: boolean;
}

/** What is kept in the database: limits of rates and open breakers hold across restarts. */
interface Saved {
  readonly rates: readonly { readonly per: number; readonly starts: readonly Starts[] }[];
  readonly until?: number | undefined;
}

/** A start that was written down may have been made a little later: the process died before it could say so. */
const slack = 1000;

/** The limits of one task, or of the whole process, and what waits because of them. */
export class Gate {
  /** The task; undefined for the whole process. */
  readonly task: string | undefined;
  readonly priority: number;
  readonly settings: LimitSettings;
  readonly waiting = new Waiting();
  /** What waits within attempts that have begun. */
  readonly within = new Waiting();
  readonly windows: readonly RateWindow[];
  readonly breaker: Breaker | undefined;
  inUse = 0;
  /** How often somebody who waits here was passed over by what waits within an attempt. */
  #overtaken = 0;
  /** How many more are under way that another process has let begin. */
  inherited: () => number = () => 0;
  /** Writing is on its way that will keep what there is then. */
  saving = false;

  constructor(
    task: string | undefined,
    priority: number,
    settings: LimitSettings,
    now: number,
    saved: string | undefined,
    changed: (gate: Gate, state: BreakerState) => void,
  ) {
    this.task = task;
    this.priority = priority;
    this.settings = settings;
    const kept = saved === undefined ? undefined : (JSON.parse(saved) as Saved);
    this.windows = settings.rates.map(({ limit, per }) => new RateWindow(limit, per, startsOf(kept, per, now)));
    this.breaker = settings.breaker && new Breaker(settings.breaker, (state) => changed(this, state), kept?.until);
  }

  /** What somebody waits in. */
  waitingOf(by: Pick<Asker, 'within'>): Waiting {
    return by.within === undefined ? this.waiting : this.within;
  }

  /** How many wait. */
  get size(): number {
    return this.waiting.size + this.within.size;
  }

  /**
   * Takes out who comes first while there are some within attempts: these, but each eighth time one that waits at the gate
   * itself, if others could begin at all (`mayOther`), so that none starves.
   */
  next(mayOther: boolean): Entry {
    const other = this.waiting.levels[0];
    if (other !== undefined && mayOther && ++this.#overtaken >= every) {
      this.#overtaken = 0;
      return this.waiting.take(other);
    }
    return this.within.take(this.within.levels[0] as Level);
  }

  /** Is there something to keep in the database before an attempt begins? */
  get kept(): boolean {
    return this.windows.length > 0;
  }

  /** What holds an attempt back now, if anything does. */
  hold(now: number): Hold | undefined {
    if (this.breaker !== undefined && !this.breaker.allows(now)) return 'breaker';
    if (this.inUse + this.inherited() >= this.settings.concurrency) return 'concurrency';
    return this.windows.some((window) => window.ready(now) > now) ? 'rateLimit' : undefined;
  }

  /** When another attempt may begin if only time passes; Infinity, when one must end first. */
  ready(now: number): number {
    const hold = this.hold(now);
    if (hold === undefined) return now;
    return hold === 'rateLimit' ? Math.max(...this.windows.map((window) => window.ready(now))) : Infinity;
  }

  begin(now: number): Taken {
    this.inUse++;
    const starts = this.windows.map((window) => window.start(now));
    return { gate: this, era: this.breaker?.begin() ?? 0, starts, noted: false };
  }

  /** What was to be written down before is on the disk: the attempt begins now. */
  begun(taken: Taken, now: number): void {
    if (taken.noted) return;
    taken.noted = true;
    for (const [index, one] of taken.starts.entries()) this.windows[index]?.begun(one, now);
  }

  /** A start counts also where it came to nothing. */
  ended(taken: Taken, how: Ended, now: number): void {
    this.begun(taken, now);
    this.inUse--;
    this.breaker?.ended(taken.era, how, now);
  }

  saved(): string {
    const saved: Saved = {
      rates: this.windows.map(({ per, starts }) => ({ per, starts: starts.map(({ at, count }) => ({ at, count })) })),
      until: this.breaker?.until,
    };
    return JSON.stringify(saved);
  }
}

function startsOf(saved: Saved | undefined, per: number, now: number): readonly Starts[] {
  if (saved === undefined) return [];
  // The limit may be another one by now: what was counted for the longest span knows most.
  const rate =
    saved.rates.find((one) => one.per === per) ?? saved.rates.toSorted((one, other) => other.per - one.per)[0];
  return (rate?.starts ?? []).map(({ at, count }) => ({ at: at > now ? at : Math.min(now, at + slack), count }));
}
