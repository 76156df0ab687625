import type { Provider } from '../contract.ts';
import type { ModelError } from '../errors.ts';
import type { BreakerChange } from './breaker.ts';
import type { Bus } from './events.ts';
import type { RouteOptions } from './options.ts';
import { Upstream, Target, type Ticket } from './target.ts';
import type { Time } from './time.ts';

/** A target that a request could go to, and how many tokens it would take there. */
export interface Need {
  readonly target: Target;
  readonly tokens: number;
}

/** A request that waits for one of several targets. */
export interface Waiter {
  readonly deadline: number;
  readonly tokens: ReadonlyMap<Target, number>;
  readonly grant: (ticket: Ticket) => void;
  /** Something is different now: it looks for itself who can be asked. */
  readonly rethink: () => void;
}

/** What came of waiting: a ticket, a change, or that the earliest is free too late. */
export type Taken = Ticket | 'rethink' | { readonly freeAt: number };

/** How a call has ended, for the statistics. Without `error` and `ok` it was never made or called off. */
export interface CallEnd {
  readonly ok?: boolean;
  readonly error?: ModelError;
  /** Whether the failure says something of the health of the target. */
  readonly unwell?: boolean;
  readonly took: number;
  readonly tokens: number;
}

/** All targets, and the order in which requests get to them: who came first goes first. */
export class Pool {
  readonly #time: Time;
  readonly #bus: Bus;
  readonly #route: RouteOptions;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly #targets = new Map<string, Target>();

  constructor(providers: readonly Provider[], route: RouteOptions, time: Time, bus: Bus) {
    this.#time = time;
    this.#bus = bus;
    this.#route = route;
    this.upstreams = new Map(providers.map((one) => [one.name, new Upstream(one, route.limits?.[one.name])]));
  }

  /** A model of a provider that is given. */
  target(provider: string, model: string): Target | undefined {
    const upstream = this.upstreams.get(provider);
    if (upstream === undefined) return undefined;
    const key = `${provider}/${model}`;
    let target = this.#targets.get(key);
    if (target === undefined) {
      const { limits, health = {} } = this.#route;
      target = new Target(upstream, model, limits?.[key] ?? limits?.[model], health);
      upstream.targets.add(target);
      this.#targets.set(key, target);
    }
    return target;
  }

  /** The first of the targets that is free, or whichever is free first. */
  take(needs: readonly Need[], deadline: number, signal: AbortSignal, waits: (until: number) => void): Promise<Taken> {
    const now = this.#time.now();
    let earliest = Number.POSITIVE_INFINITY;
    let depends = false;
    for (const { target, tokens } of needs) {
      const at = target.freeAt(now, tokens);
      // Who waits already goes first.
      if (at <= now && target.queue.size === 0) return Promise.resolve(this.#begin(target, tokens));
      if (at === Number.POSITIVE_INFINITY) depends = true;
      else earliest = Math.min(earliest, at);
    }
    if (!depends && earliest > deadline) return Promise.resolve({ freeAt: earliest });
    waits(earliest);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        signal.removeEventListener('abort', leave);
        for (const { target } of needs) {
          target.queue.delete(waiter);
          if (target.queue.size === 0) this.#wake(target, Number.POSITIVE_INFINITY);
        }
      };
      const waiter: Waiter = {
        deadline,
        tokens: new Map(needs.map(({ target, tokens }) => [target, tokens])),
        grant: (ticket) => {
          end();
          resolve(ticket);
        },
        rethink: () => {
          end();
          resolve('rethink');
        },
      };
      const leave = (): void => {
        end();
        for (const { target } of needs) this.#pump(target);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      for (const { target } of needs) target.queue.add(waiter);
      for (const { target } of needs) this.#pump(target);
    });
  }

  /** The request was not made: it counts nowhere. */
  drop({ target, probe, uses }: Ticket): void {
    target.underWay -= 1;
    target.breaker.end(this.#time.now(), { probe, took: 0 });
    for (const [index, use] of uses.entries()) target.limits[index]?.drop(use);
    this.#pumpAll(target.upstream);
  }

  /** The request has ended. Who waits is let in by `goOn`. */
  end({ target, probe, uses }: Ticket, { ok, error, unwell = false, took, tokens }: CallEnd): void {
    const now = this.#time.now();
    target.underWay -= 1;
    target.requests += 1;
    for (const [index, use] of uses.entries()) target.limits[index]?.end(use, tokens);
    if (ok === true) {
      target.lastSuccessAt = now;
      target.strikes = 0;
    }
    if (error !== undefined) {
      const { kind, code, message } = error;
      target.errors += 1;
      target.lastError = { at: now, kind, code, message };
    }
    // A no is an answer: it says that the target is there, and nothing about how well. A probe needs no more.
    const failed = unwell ? true : ok === true || (probe && error !== undefined) ? false : undefined;
    this.#told(target, target.breaker.end(now, { probe, took, ...(failed === undefined ? {} : { failed }) }));
  }

  /** Lets in who waits, after a request has ended and what follows from it was said. */
  goOn({ upstream }: Target): void {
    this.#pumpAll(upstream);
  }

  /** Leaves a target, or all of a provider, alone until a time. */
  cool(target: Target, until: number, reason: string, whole = false): void {
    const owner = whole ? target.upstream : target;
    if ((owner.cool?.until ?? 0) >= until) return;
    owner.cool = { until, reason };
    for (const one of whole ? target.upstream.targets : [target]) {
      this.#bus.tell({ type: 'cooling', provider: one.provider, model: one.model, until, reason });
      // Who has no time for that looks for somebody else, or fails now and not then.
      for (const waiter of one.queue) if (waiter.deadline < until) waiter.rethink();
    }
  }

  /** Its key was refused: it is asked no more. */
  disable(upstream: Upstream, reason: string): void {
    if (upstream.disabled !== undefined) return;
    upstream.disabled = reason;
    this.#bus.tell({ type: 'disabled', provider: upstream.provider.name, reason });
    for (const target of upstream.targets) for (const waiter of target.queue) waiter.rethink();
  }

  /** It was looked after, and is well: whatever was held against it counts no more. */
  enable(upstream: Upstream): void {
    const was = upstream.disabled;
    upstream.disabled = undefined;
    upstream.cool = undefined;
    if (was !== undefined)
      this.#bus.tell({
        type: 'enabled',
        provider: upstream.provider.name,
        reason: 'it answered when it was looked at',
      });
    for (const target of upstream.targets) {
      target.cool = undefined;
      target.strikes = 0;
      this.#told(target, target.breaker.close());
    }
    this.#pumpAll(upstream);
  }

  #begin(target: Target, tokens: number): Ticket {
    const ticket = target.begin(this.#time.now(), tokens);
    if (ticket.probe)
      this.#bus.tell({
        type: 'halfOpened',
        provider: target.provider,
        model: target.model,
        reason: 'its time is over: one request is let through and decides',
      });
    return ticket;
  }

  #told(target: Target, change: BreakerChange): void {
    if (change === undefined) return;
    const { provider, model } = target;
    const { calls, failures } = target.breaker.read(this.#time.now());
    const reason = change === 'closed' ? 'a request succeeded' : `${failures} of ${calls} requests failed`;
    this.#bus.tell({ type: change, provider, model, reason });
  }

  #pumpAll(upstream: Upstream): void {
    for (const target of upstream.targets) if (target.queue.size > 0) this.#pump(target);
  }

  /** Lets in who waits, in the order in which they came, and looks again when the next can be let in. */
  #pump(target: Target): void {
    for (const waiter of target.queue) {
      const now = this.#time.now();
      const tokens = waiter.tokens.get(target) ?? 0;
      const at = target.freeAt(now, tokens);
      if (at > now) return this.#wake(target, at);
      waiter.grant(this.#begin(target, tokens));
    }
    this.#wake(target, Number.POSITIVE_INFINITY);
  }

  #wake(target: Target, at: number): void {
    if (target.wake?.at === at) return;
    target.wake?.callOff();
    target.wake = undefined;
    if (at === Number.POSITIVE_INFINITY) return;
    const callOff = this.#time.at(at, () => {
      target.wake = undefined;
      this.#pump(target);
    });
    target.wake = { at, callOff };
  }
}
