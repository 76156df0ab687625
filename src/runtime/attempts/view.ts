import type { BreakerState } from '../../engine/index.ts';
import type { Gate } from './gate.ts';

/** How far the limits of a task, or of the whole process, are used now. */
export interface LimitView {
  /** Attempts under way, and how many may be. */
  readonly inUse: number;
  readonly concurrency?: number;
  /** Attempts that wait for their turn, and how many may. */
  readonly waiting: number;
  readonly queue?: number;
  /** Starts that count now, of each rate limit; `ready` is when another is allowed, in ms since 1970. */
  readonly rates?: readonly {
    readonly limit: number;
    readonly per: number;
    readonly used: number;
    readonly ready: number;
  }[];
  /** `until`: the time, in ms since 1970, up to which an open one lets nothing through. */
  readonly breaker?: { readonly state: BreakerState; readonly until?: number };
}

/** What holds attempts back now. A task without limits is not in it, unless the whole process has some. */
export interface LimitsView {
  readonly runtime?: LimitView;
  readonly tasks: Readonly<Record<string, LimitView>>;
}

export function viewOf(gate: Gate, now: number, waiting = gate.size): LimitView {
  const { settings, inUse, windows, breaker } = gate;
  // An open one may become half open by being asked.
  const state = breaker?.state(now);
  const until = breaker?.until;
  return {
    inUse,
    ...(settings.concurrency === Infinity ? {} : { concurrency: settings.concurrency }),
    waiting,
    ...(settings.queue === Infinity ? {} : { queue: settings.queue }),
    ...(windows.length === 0
      ? {}
      : {
          rates: windows.map((window) => {
            const { limit, per } = window;
            return { limit, per, used: window.used(now), ready: window.ready(now) };
          }),
        }),
    ...(state === undefined ? {} : { breaker: { state, ...(until === undefined ? {} : { until }) } }),
  };
}
