import { toErrorRecord, type ErrorRecord } from '../../core/index.ts';
import {
  Breaker,
  BreakerOpenError,
  QueueFullError,
  RateWindow,
  type BreakerKept,
  type Ended,
  type LimitSettings,
  type Starts,
} from '../../engine/index.ts';
import { TaskCancelledError, TotalTimeoutError, type AttemptIds, type TaskError } from '../../tasks/index.ts';

/** An attempt that would like to begin. JSON. */
export interface Asker {
  /** Its name among all that ask. */
  readonly token: string;
  /** Who is to be told, and by which signal. */
  readonly invocation: string;
  readonly signal: string;
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  /** It is made within an attempt that has begun, and that waits for it: such go before others. */
  readonly within?: true;
  /** When all attempts of the step must have ended, by the clock, and how long that was. */
  readonly total?: { readonly until: number; readonly ms: number };
}

/** What an attempt is told. */
export type Answer =
  /** It may begin. The place is its for so long, in ms of real time since `at`, without another sign of life. */
  | { readonly state: 'go'; readonly at: number; readonly leaseMs: number }
  | { readonly state: 'refused'; readonly error: ErrorRecord };

interface Holder {
  readonly token: string;
  /** Until when, in real time. */
  until: number;
  readonly era: number;
}

/** All that is kept of a gate. JSON. */
export interface GateKept {
  readonly holders: readonly Holder[];
  readonly waiting: readonly Asker[];
  readonly rates: readonly { readonly per: number; readonly starts: readonly Starts[] }[];
  readonly breaker?: BreakerKept;
  readonly overtaken: number;
}

/** The time of the system, and real time. */
export interface Times {
  readonly now: number;
  readonly wall: number;
}

/** Of so many calls in a row that go to attempts within others, the last goes to one of the rest. */
const every = 8;

/** The limits of one task over all endpoints, and what waits because of them: in the order in which it came. */
export class Gate {
  readonly #task: string;
  readonly #settings: LimitSettings | undefined;
  readonly #times: Times;
  readonly #leaseMs: number;
  readonly #windows: readonly RateWindow[];
  readonly #breaker: Breaker | undefined;
  #holders: Holder[];
  #waiting: Asker[];
  #overtaken: number;
  /** Who is to be told what. */
  readonly calls: { readonly asker: Asker; readonly answer: Answer }[] = [];

  /** `settings`: undefined when the task has no limits any more. */
  constructor(
    task: string,
    settings: LimitSettings | undefined,
    kept: GateKept | undefined,
    times: Times,
    leaseMs: number,
  ) {
    this.#task = task;
    this.#settings = settings;
    this.#times = times;
    this.#leaseMs = leaseMs;
    this.#waiting = [...(kept?.waiting ?? [])];
    this.#overtaken = kept?.overtaken ?? 0;
    this.#windows = (settings?.rates ?? []).map(({ limit, per }) => new RateWindow(limit, per, startsOf(kept, per)));
    this.#breaker =
      settings?.breaker &&
      new Breaker(settings.breaker, (state) => state === 'open' && this.#dismissAll(), kept?.breaker);
    this.#holders = (kept?.holders ?? []).map((holder) => ({ ...holder }));
    // Nothing was heard of these for too long: what came of them is not known.
    for (const { token } of this.#holders.filter(({ until }) => until <= times.wall)) this.#end(token, 'unknown');
  }

  /** Lets an attempt begin, or says why it never may; else it waits, and is told. */
  enter(asker: Asker): Answer | { readonly state: 'wait' } {
    // It is asked again by who takes up the work of a process that died.
    if (this.renew(asker.token)) return this.#go();
    if (this.#breaker?.state(this.#times.now) === 'open') return this.#open(asker);
    const place = this.#waiting.findIndex(({ token }) => token === asker.token);
    if (place >= 0) this.#dismiss(this.#waiting.splice(place, 1, asker));
    else this.#waiting.push(asker);
    this.look();
    const own = this.calls.findIndex((call) => call.asker === asker);
    if (own >= 0) return this.calls.splice(own, 1)[0]?.answer ?? { state: 'wait' };
    const queue = this.#settings?.queue ?? Infinity;
    if (place >= 0 || this.#waiting.length <= queue) return { state: 'wait' };
    this.#waiting.pop();
    return refused(new QueueFullError(this.#idsOf(asker), queue, false));
  }

  /** An attempt has ended, or is called off. */
  leave(token: string, how: Ended): void {
    const place = this.#waiting.findIndex((asker) => asker.token === token);
    if (place >= 0) this.#dismiss(this.#waiting.splice(place, 1));
    this.#end(token, how);
    this.look();
  }

  /** A sign of life. False: its place is lost. */
  renew(token: string): boolean {
    const holder = this.#holders.find((one) => one.token === token);
    if (holder !== undefined) holder.until = this.#times.wall + this.#leaseMs;
    this.look();
    return holder !== undefined;
  }

  /** Calls whoever may begin now, and those whose time is over. */
  look(): void {
    const { now } = this.#times;
    for (const asker of this.#waiting.filter(({ total }) => total !== undefined && total.until <= now)) {
      this.#waiting = this.#waiting.filter((one) => one !== asker);
      this.calls.push({ asker, answer: refused(new TotalTimeoutError(asker.total?.ms ?? 0, this.#idsOf(asker))) });
    }
    while (this.#waiting.length > 0 && this.#mayBegin()) this.#begin(this.#next());
  }

  /** In how many ms of real time something may have changed by itself; undefined when nothing waits. */
  next(real: (ms: number) => number): number | undefined {
    if (this.#waiting.length === 0) return undefined;
    const { now, wall } = this.#times;
    const ready = Math.max(now, ...this.#windows.map((window) => window.ready(now)));
    const full = this.#breaker?.allows(now) === false || this.#holders.length >= this.#concurrency;
    const times = [
      // What could begin but for a rate, can when that lets it.
      ...(full ? this.#holders.map(({ until }) => until - wall) : [real(ready - now)]),
      ...this.#waiting.flatMap(({ total }) => (total === undefined ? [] : [real(total.until - now)])),
    ];
    return times.length === 0 ? undefined : Math.max(1, Math.ceil(Math.min(...times)));
  }

  /** What is to be kept. */
  get kept(): GateKept {
    return {
      holders: this.#holders,
      waiting: this.#waiting,
      rates: this.#windows.map(({ per, starts }) => ({
        per,
        starts: starts.map(({ at, count, from = at }) => ({ at, count, from })),
      })),
      ...(this.#breaker === undefined ? {} : { breaker: this.#breaker.kept }),
      overtaken: this.#overtaken,
    };
  }

  get #concurrency(): number {
    return this.#settings?.concurrency ?? Infinity;
  }

  #mayBegin(): boolean {
    const { now } = this.#times;
    if (this.#breaker?.allows(now) === false || this.#holders.length >= this.#concurrency) return false;
    return this.#windows.every((window) => window.ready(now) <= now);
  }

  #next(): Asker {
    const within = this.#waiting.find((asker) => asker.within === true);
    const other = this.#waiting.find((asker) => asker.within !== true);
    const passesOver = within !== undefined && other !== undefined;
    this.#overtaken = passesOver ? (this.#overtaken + 1) % every : this.#overtaken;
    return (passesOver && this.#overtaken === 0 ? other : (within ?? other)) as Asker;
  }

  #begin(asker: Asker): void {
    const { now, wall } = this.#times;
    this.#waiting = this.#waiting.filter((one) => one !== asker);
    for (const window of this.#windows) window.begun(window.start(now), now);
    this.#holders.push({ token: asker.token, until: wall + this.#leaseMs, era: this.#breaker?.begin() ?? 0 });
    this.calls.push({ asker, answer: this.#go() });
  }

  #end(token: string, how: Ended): void {
    const holder = this.#holders.find((one) => one.token === token);
    if (holder === undefined) return;
    this.#holders = this.#holders.filter((one) => one !== holder);
    this.#breaker?.ended(holder.era, how, this.#times.now);
  }

  #go(): Answer {
    return { state: 'go', at: this.#times.wall, leaseMs: this.#leaseMs };
  }

  /** Nobody waits for it any more: who stands in for an attempt within another ends with this. */
  #dismiss(askers: readonly Asker[]): void {
    for (const asker of askers.filter(({ within }) => within === true))
      this.calls.push({ asker, answer: refused(new TaskCancelledError(this.#idsOf(asker))) });
  }

  #dismissAll(): void {
    for (const asker of this.#waiting.splice(0)) this.calls.push({ asker, answer: this.#open(asker) });
  }

  #open(asker: Asker): Answer {
    return refused(new BreakerOpenError(this.#idsOf(asker), this.#breaker?.until ?? this.#times.now));
  }

  #idsOf({ run, step, attempt }: Asker): AttemptIds {
    return { task: this.#task, runId: run, step, attempt };
  }
}

const refused = (error: TaskError): Answer => ({ state: 'refused', error: toErrorRecord(error) });

function startsOf(kept: GateKept | undefined, per: number): readonly Starts[] {
  // The limit may be another one by now: what was counted for the longest span knows most.
  const rates = kept?.rates ?? [];
  const rate = rates.find((one) => one.per === per) ?? rates.toSorted((one, other) => other.per - one.per)[0];
  return rate?.starts ?? [];
}
