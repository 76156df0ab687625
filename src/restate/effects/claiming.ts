import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/index.ts';
import { waitUntil } from '../../core/wait-until.ts';
import { renewing, type ClaimAsks, type RenewAsks, type SettleAsks } from '../../engine/index.ts';
import type { Place } from '../contract.ts';

/** What a claim comes to: it may begin, it is too late, or somebody else has it in hand until then. */
export type ClaimGives =
  | { readonly state: 'go' }
  | { readonly state: 'done'; readonly text: string }
  | { readonly state: 'inProgress'; readonly until: number };

/** What came of a claim. */
export interface OutcomeAsks extends SettleAsks {
  /** The outcome, as JSON text. */
  readonly text: string;
}

/** How often somebody who waits looks, in ms of real time: at first, and at most. */
const looks = { first: 20, most: 250 } as const;

/** What is claimed, for whom. */
interface Claims {
  /** The key of the virtual object. */
  readonly object: string;
  readonly request: string;
  readonly ttlMs: number;
  readonly leaseMs: number;
  readonly by: ClaimAsks['by'];
  readonly signal: AbortSignal;
}

/** The claims whose work runs in this process, by their owners, and for which objects. */
const underWay = new Map<string, string>();

/** A claim to a key, as who wants it sees it. */
export class Claiming {
  readonly #place: Place;
  readonly #claims: Claims;
  readonly #wall: Clock;
  readonly #owner = randomUUID();

  constructor(place: Place, claims: Claims) {
    this.#place = place;
    this.#claims = claims;
    this.#wall = place.clock.wall ?? place.clock;
  }

  /** `wait`: until whoever has it in hand is done, or has lost it. `anew`: what is kept does not count. Throws the reason of the signal. */
  async claim(wait: boolean, anew = false): Promise<ClaimGives> {
    const { object, request, ttlMs, leaseMs, by, signal } = this.#claims;
    const owner = this.#owner;
    let late = 0;
    for (let pause: number = looks.first; ; pause = Math.min(pause * 2, looks.most)) {
      signal.throwIfAborted();
      const mine = [...underWay].flatMap(([name, of]) => (of === object ? [name] : []));
      const wall = this.#wall.now();
      const asks = { request, owner, now: this.#place.clock.now(), wall, ttlMs, leaseMs, by, underWay: mine, anew };
      const gives = (await this.#call('claim', asks satisfies ClaimAsks, signal)) as ClaimGives;
      // An answer that came too late is worth little: somebody else may have it by now, unless all answers are late.
      if (gives.state === 'go' && this.#wall.now() - wall > leaseMs / 2 && ++late < 3) continue;
      if (gives.state !== 'inProgress' || !wait) return gives;
      await waitUntil(this.#wall, this.#wall.now() + pause, signal);
    }
  }

  /** Holds the claim while something is done. */
  async holding<T>(work: () => Promise<T>): Promise<T> {
    underWay.set(this.#owner, this.#claims.object);
    const release = this.#hold();
    try {
      return await work();
    } finally {
      release();
      underWay.delete(this.#owner);
    }
  }

  /** Says what came of it. @throws MillraceError MR3137, MR3280 */
  async settle(status: SettleAsks['status'], text: string): Promise<void> {
    const { ttlMs } = this.#claims;
    const asks = { owner: this.#owner, now: this.#place.clock.now(), ttlMs, status, text };
    await this.#call('settle', asks satisfies OutcomeAsks);
  }

  /** Renews the claim, until it is let go or its owner is told to stop. Who has lost it hears of it at the end. */
  #hold(): () => void {
    const { leaseMs, signal } = this.#claims;
    const wall = this.#wall;
    return renewing(wall, leaseMs, async () => {
      if (signal.aborted) return false;
      const asks = { owner: this.#owner, now: this.#place.clock.now(), wall: wall.now(), leaseMs };
      return (await this.#call('renew', asks satisfies RenewAsks)) === true;
    });
  }

  #call(handler: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    return this.#place.ingress.call({
      service: this.#place.names.effects,
      key: this.#claims.object,
      handler,
      body,
      ...(signal === undefined ? {} : { signal }),
    });
  }
}
