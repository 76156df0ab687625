import { randomUUID } from 'node:crypto';
import { milliseconds, systemClock, toErrorRecord, type Clock, type Duration } from '../../core/index.ts';
import { openSqlite, type Store } from '../../store/index.ts';
import type { OnceCall } from '../../tasks/index.ts';
import { inWholeMs, requestHash, textOf, type Outcome } from '../../engine/index.ts';
import { claim, settle } from './claims.ts';
import { onceOf } from './once.ts';
import { outcomeIn } from './outcome.ts';
import type { LedgerPlace } from './place.ts';

export interface LedgerOptions {
  /** The SQLite file, which other processes may use at the same time. */
  readonly db?: string;
  /** An open store instead. */
  readonly store?: Store;
  readonly clock?: Clock;
}

/** What a key stands for now. */
export interface LedgerEntry {
  readonly key: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** Absent while it is pending; a failure has an `error`. */
  readonly outcome?: Outcome;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** The right to do what a key stands for, or why there is none. */
export type Begun =
  | { readonly state: 'go'; readonly claim: string }
  | { readonly state: 'done'; readonly output: unknown }
  | { readonly state: 'inProgress'; readonly until: number };

/**
 * A ledger of what is to happen once: in a web server, a script, a task. All processes that open the same file share it.
 *
 * @example
 * ```ts
 * import { openLedger } from 'millrace/runtime';
 *
 * const ledger = openLedger({ db: ':memory:' });
 * const { output, replayed } = await ledger.once('charge A1', { cents: 4200 }, () => ({ paymentId: 'p-1' }));
 * ledger.cleanup(); // how many had expired
 * ledger.close();
 * ```
 */
export function openLedger(options: LedgerOptions): Ledger {
  return new Ledger(options);
}

/** See `openLedger`. */
export class Ledger {
  readonly #store: Store;
  readonly #own: boolean;
  readonly #place: LedgerPlace;
  readonly #over = new AbortController();

  constructor({ db, store, clock = systemClock() }: LedgerOptions) {
    this.#own = store === undefined;
    this.#store = store ?? openSqlite(db ?? ':memory:');
    const own = this.#store;
    this.#place = { tables: own.tables, clock: inWholeMs(clock), write: async (work) => own.transaction(work) };
  }

  /**
   * Does something once for a key. One caller runs it, the others wait and get its result; what has failed may be tried again.
   *
   * @throws MillraceError MR3135 the key stands for another request, MR3136 it is under way and `wait` is false, MR3280
   * the lease was lost meanwhile.
   */
  readonly once: OnceCall = (key, request, run, options) =>
    onceOf(this.#place, this.#over.signal)(key, request, run, options);

  /** Claims a key without running anything: `succeed` or `fail` must follow within the lease. @throws MillraceError MR3135. */
  begin(key: string, request: unknown, options: { readonly ttl?: Duration; readonly lease?: Duration } = {}): Begun {
    const owner = randomUUID();
    const { ttl = '24h', lease = '30s' } = options;
    const asked = { key, request: requestHash(request), owner, ttlMs: milliseconds(ttl), leaseMs: milliseconds(lease) };
    const claimed = this.#store.transaction((tx) => claim(this.#place, tx, asked));
    if (claimed.state === 'go') return { state: 'go', claim: owner };
    if (claimed.state === 'inProgress') return claimed;
    const outcome = outcomeIn(this.#store.tables, claimed.row);
    return { state: 'done', output: 'error' in outcome ? undefined : outcome.output };
  }

  /**
   * Ends a claim with a result, which may be null.
   *
   * @throws MillraceError MR3137 unknown key, MR3280 the claim was lost. TaskError MR3138 the result is no JSON: the claim has
   * ended as failed.
   */
  succeed(key: string, owner: string, output: unknown, options: { readonly ttl?: Duration } = {}): void {
    const { text, unkept } = textOf(key, output);
    this.#settle(key, owner, options.ttl, unkept === undefined ? 'succeeded' : 'failed', text);
    if (unkept !== undefined) throw unkept;
  }
  /** Ends a claim with an error: the next caller may try again. @throws MillraceError MR3137, MR3280. */
  fail(key: string, owner: string, error: unknown, options: { readonly ttl?: Duration } = {}): void {
    this.#settle(key, owner, options.ttl, 'failed', JSON.stringify({ error: toErrorRecord(error) }));
  }
  #settle(key: string, owner: string, ttl: Duration = '24h', status: 'succeeded' | 'failed', text: string): void {
    const ttlMs = milliseconds(ttl);
    this.#store.transaction((tx) => settle(this.#place, tx, { key, owner, ttlMs }, { status, text }));
  }

  /** Undefined when there is none, or it has expired. */
  get(key: string): LedgerEntry | undefined {
    const row = this.#store.tables.ledger.get('once', key);
    if (row === undefined || row.status === 'dropped' || (row.expires ?? 0) <= this.#place.clock.now())
      return undefined;
    return {
      key,
      status: row.status,
      ...(row.status === 'pending' ? {} : { outcome: outcomeIn(this.#store.tables, row) }),
      createdAt: row.created,
      expiresAt: row.expires ?? 0,
    };
  }

  /** Removes what has expired; gives how many. */
  cleanup(): number {
    return this.#store.transaction((tx) => {
      const gone = tx.ledger.expire(this.#place.clock.now());
      tx.blobs.sweep();
      return gone;
    });
  }

  /** Whoever waits is told; what was begun runs out with its lease. */
  close(): void {
    this.#over.abort(new Error('The ledger was closed.'));
    if (this.#own) this.#store.close();
  }
}
