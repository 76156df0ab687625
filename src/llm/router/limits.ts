/** How much may be asked of a provider, or of one of its models. */
export interface RateLimits {
  /** Requests that begin in any 60 seconds. */
  readonly requestsPerMinute?: number | undefined;
  /** Tokens, input and output together, of the requests that begin in any 60 seconds. */
  readonly tokensPerMinute?: number | undefined;
  /** Requests under way at the same time. */
  readonly concurrency?: number | undefined;
}

/** One request that counts towards a limit. */
export interface Use {
  readonly at: number;
  tokens: number;
}

const minute = 60_000;

/** Holds the requests of any 60 seconds within limits: a log of them, not a bucket, so that no two bursts add up. */
export class MinuteLimits {
  readonly limits: RateLimits;
  readonly #uses: Use[] = [];
  #tokens = 0;
  #underWay = 0;
  /** Requests that began then or earlier are out of sight. */
  #forgotten = Number.NEGATIVE_INFINITY;

  constructor(limits: RateLimits) {
    this.limits = limits;
  }

  /** From when on a request of so many tokens may begin; infinite when that depends on others to end. */
  freeAt(now: number, tokens: number): number {
    this.#forget(now);
    const { requestsPerMinute, tokensPerMinute, concurrency } = this.limits;
    if (concurrency !== undefined && this.#underWay >= concurrency) return Number.POSITIVE_INFINITY;
    let at = now;
    if (requestsPerMinute !== undefined) {
      const over = this.#uses[this.#uses.length - requestsPerMinute];
      if (over !== undefined) at = over.at + minute;
    }
    if (tokensPerMinute === undefined) return at;
    let left = this.#tokens + tokens - tokensPerMinute;
    for (const use of this.#uses) {
      if (left <= 0) break;
      left -= use.tokens;
      at = Math.max(at, use.at + minute);
    }
    return at;
  }

  begin(now: number, tokens: number): Use {
    const use = { at: now, tokens };
    this.#uses.push(use);
    this.#tokens += tokens;
    this.#underWay += 1;
    return use;
  }

  /** It has ended, and took so many tokens. */
  end(use: Use, tokens: number): void {
    this.#underWay -= 1;
    // What has fallen out of sight is no longer in the sum.
    if (use.at > this.#forgotten) this.#tokens += tokens - use.tokens;
    use.tokens = tokens;
  }

  /** It was not made after all. */
  drop(use: Use): void {
    this.end(use, 0);
    // It is one of the last.
    const at = this.#uses.lastIndexOf(use);
    if (at >= 0) this.#uses.splice(at, 1);
  }

  /** What counts at present. */
  read(now: number): { readonly requests: number; readonly tokens: number; readonly underWay: number } {
    this.#forget(now);
    return { requests: this.#uses.length, tokens: this.#tokens, underWay: this.#underWay };
  }

  #forget(now: number): void {
    this.#forgotten = Math.max(this.#forgotten, now - minute);
    let old = 0;
    for (const use of this.#uses) {
      if (use.at > this.#forgotten) break;
      this.#tokens -= use.tokens;
      old += 1;
    }
    if (old > 0) this.#uses.splice(0, old);
  }
}
