import { CallWindow, type WindowReading } from './window.ts';

/** When a model counts as unavailable, and for how long. */
export interface HealthOptions {
  /** How far back calls count, in ms. Default: 60,000. */
  readonly windowMs?: number | undefined;
  /** Fewer calls in the window say nothing. Default: 5. */
  readonly minCalls?: number | undefined;
  /** Unavailable from this share of failures on. Default: 0.5. */
  readonly errorRate?: number | undefined;
  /** How long it is left alone then, in ms; each time in a row twice as long. Default: 30,000. */
  readonly coolDownMs?: number | undefined;
  /** But no longer than this. Default: 600,000. */
  readonly maxCoolDownMs?: number | undefined;
}

/** What a change of the state is: nothing, or the new state. */
export type BreakerChange = 'opened' | 'closed' | undefined;

/**
 * Leaves alone what fails too often: closed it lets everything through; open nothing until its time is over; then one
 * call alone, whose end decides.
 */
export class Breaker {
  readonly #options: Required<{ [Name in keyof HealthOptions]: number }>;
  readonly #window: CallWindow;
  #openUntil: number | undefined;
  #probing = false;
  #inRow = 0;

  constructor(options: HealthOptions) {
    this.#options = {
      windowMs: options.windowMs ?? 60_000,
      minCalls: options.minCalls ?? 5,
      errorRate: options.errorRate ?? 0.5,
      coolDownMs: options.coolDownMs ?? 30_000,
      maxCoolDownMs: options.maxCoolDownMs ?? 600_000,
    };
    this.#window = new CallWindow(this.#options.windowMs);
  }

  state(now: number): 'closed' | 'open' | 'halfOpen' {
    if (this.#openUntil === undefined) return 'closed';
    return now < this.#openUntil ? 'open' : 'halfOpen';
  }

  read(now: number): WindowReading {
    return this.#window.read(now);
  }

  /** From when on a call is let through; infinite while one decides for all. */
  freeAt(): number {
    return this.#probing ? Number.POSITIVE_INFINITY : (this.#openUntil ?? 0);
  }

  /** A call begins. Says whether it is the one that decides. */
  begin(): boolean {
    if (this.#openUntil === undefined) return false;
    this.#probing = true;
    return true;
  }

  /** A call has ended. Without `failed` it says nothing of the health: it was called off, or never made. */
  end(now: number, { probe, failed, took }: { probe: boolean; failed?: boolean; took: number }): BreakerChange {
    if (failed !== undefined) this.#window.add(now, failed, took);
    if (probe) {
      this.#probing = false;
      if (failed === undefined) return undefined;
      return failed ? this.#open(now) : this.close();
    }
    if (failed !== true || this.#openUntil !== undefined) return undefined;
    const { calls, errorRate } = this.#window.read(now);
    return calls >= this.#options.minCalls && errorRate >= this.#options.errorRate ? this.#open(now) : undefined;
  }

  close(): BreakerChange {
    const was = this.#openUntil;
    this.#openUntil = undefined;
    this.#probing = false;
    this.#inRow = 0;
    this.#window.clear();
    return was === undefined ? undefined : 'closed';
  }

  #open(now: number): BreakerChange {
    const { coolDownMs, maxCoolDownMs } = this.#options;
    this.#openUntil = now + Math.min(maxCoolDownMs, coolDownMs * 2 ** this.#inRow);
    this.#inRow += 1;
    return 'opened';
  }
}
