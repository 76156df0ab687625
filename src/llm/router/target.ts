import type { Provider } from '../contract.ts';
import type { ModelError } from '../errors.ts';
import { Breaker, type HealthOptions } from './breaker.ts';
import { MinuteLimits, type RateLimits, type Use } from './limits.ts';
import type { Waiter } from './pool.ts';

/** A time until which somebody is left alone, and why. */
export interface CoolDown {
  readonly until: number;
  readonly reason: string;
}

/** A provider, with what holds for all of its models. */
export class Upstream {
  readonly provider: Provider;
  readonly limits: MinuteLimits | undefined;
  readonly targets = new Set<Target>();
  /** Why it is not asked any more: its key was refused. */
  disabled: string | undefined;
  cool: CoolDown | undefined;

  constructor(provider: Provider, limits: RateLimits | undefined) {
    this.provider = provider;
    this.limits = limits === undefined ? undefined : new MinuteLimits(limits);
  }

  /** Why it cannot be asked at all, if it cannot. */
  get unready(): string | undefined {
    const { readiness } = this.provider;
    return readiness.ready ? this.disabled : readiness.reason;
  }
}

/** A failure that is remembered. JSON. */
export interface LastError {
  readonly at: number;
  readonly kind: ModelError['kind'];
  readonly code: string;
  readonly message: string;
}

/** One model of one provider: how it is, and who waits for it. */
export class Target {
  readonly upstream: Upstream;
  readonly model: string;
  readonly limits: readonly MinuteLimits[];
  readonly breaker: Breaker;
  readonly queue = new Set<Waiter>();
  cool: CoolDown | undefined;
  requests = 0;
  errors = 0;
  underWay = 0;
  /** Times in a row that it had no room and did not say until when. */
  strikes = 0;
  lastError: LastError | undefined;
  lastSuccessAt: number | undefined;
  wake: { readonly at: number; readonly callOff: () => void } | undefined;

  constructor(upstream: Upstream, model: string, own: RateLimits | undefined, health: HealthOptions) {
    this.upstream = upstream;
    this.model = model;
    this.limits = [upstream.limits, own === undefined ? undefined : new MinuteLimits(own)].filter(
      (limits) => limits !== undefined,
    );
    this.breaker = new Breaker(health);
  }

  get provider(): string {
    return this.upstream.provider.name;
  }

  get key(): string {
    return `${this.provider}/${this.model}`;
  }

  /** Until when it is left alone, and why; nothing when it is not. */
  coolDown(now: number): CoolDown | undefined {
    const [own, all] = [this.cool, this.upstream.cool];
    const longer = (own?.until ?? 0) >= (all?.until ?? 0) ? own : all;
    return longer !== undefined && longer.until > now ? longer : undefined;
  }

  /** From when on a request of so many tokens may begin; infinite when that depends on others to end. */
  freeAt(now: number, tokens: number): number {
    return Math.max(
      now,
      this.coolDown(now)?.until ?? 0,
      this.breaker.freeAt(),
      ...this.limits.map((limits) => limits.freeAt(now, tokens)),
    );
  }

  /** More tokens than it may be asked for in a minute, if so many are wanted. */
  mostTokens(): number {
    return Math.min(...this.limits.map(({ limits }) => limits.tokensPerMinute ?? Infinity), Infinity);
  }

  begin(now: number, tokens: number): Ticket {
    this.underWay += 1;
    return {
      target: this,
      probe: this.breaker.begin(),
      uses: this.limits.map((limits) => limits.begin(now, tokens)),
    };
  }
}

/** The right to make one request. */
export interface Ticket {
  readonly target: Target;
  /** The request decides whether the target is well again. */
  readonly probe: boolean;
  readonly uses: readonly Use[];
}
