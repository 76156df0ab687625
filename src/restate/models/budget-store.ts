import { renewing } from '../../engine/index.ts';
import type { BudgetAccount, BudgetBooks, BudgetReservation, BudgetStore } from '../../llm/index.ts';
import type { Place } from '../contract.ts';
import { budgetKey, type AliveAsks, type BookRow, type CommitAsks, type CommitGives } from './books.ts';

/** How long a process that has set something aside may be silent before that is booked, in real ms. */
const usualLeaseMs = 30_000;

/** Of more rows than so many the present version is not remembered: they are read again. */
const mostKnown = 5000;

interface Work {
  readonly work: (books: BudgetBooks) => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

type Done = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/**
 * The books of budgets, which all endpoints of a system share. What is to be done is tried on a copy, and committed when
 * nobody has changed meanwhile what it has read; else it is tried again. What waits is committed together.
 */
export class RestateBudgets implements BudgetStore {
  readonly #place: Place;
  readonly #holder: string;
  readonly #leaseMs: number;
  /** As they were when they were last heard of. */
  readonly #known = new Map<string, BookRow | null>();
  readonly #waiting: Work[] = [];
  /** The calls for which this process has set something aside. */
  readonly #open = new Set<string>();
  #busy = false;
  #stopAlive: (() => void) | undefined;

  /** `holder`: the name of this process. What it has set aside is known by it when it dies. */
  constructor(place: Place, holder: string, leaseMs = usualLeaseMs) {
    this.#place = place;
    this.#holder = holder;
    this.#leaseMs = leaseMs;
  }

  transact<T>(work: (books: BudgetBooks) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      if (!this.#busy) void this.#pump();
    });
  }

  /** Says nothing more: this process ends. */
  close(): void {
    this.#stopAlive?.();
    this.#stopAlive = undefined;
  }

  async #pump(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      if (this.#known.size > mostKnown) this.#known.clear();
      try {
        const done = await this.#commit(batch);
        for (const [index, { resolve, reject }] of batch.entries()) {
          const one = done[index] as Done;
          if (one.ok) resolve(one.value as never);
          else reject(one.error);
        }
      } catch (error) {
        // The server cannot be reached: what it has done of it is not known.
        this.#known.clear();
        for (const { reject } of batch) reject(error);
      }
    }
    this.#busy = false;
  }

  async #commit(batch: readonly Work[]): Promise<readonly Done[]> {
    let whole: number | undefined;
    for (;;) {
      const view = new View(this.#known, whole !== undefined, this.#holder);
      const done = batch.map(({ work }) => view.run(work));
      if (view.wanting) {
        const { version, rows } = (await this.#call('all')) as { version: number; rows: Record<string, BookRow> };
        this.#known.clear();
        for (const [key, row] of Object.entries(rows)) this.#known.set(key, row);
        whole = version;
        continue;
      }
      const asks: CommitAsks = {
        reads: [...view.reads].map((key) => [key, this.#known.get(key)?.version ?? 0]),
        writes: [...view.writes],
        alive: this.#alive(),
        ...(whole === undefined ? {} : { whole }),
      };
      const gives = (await this.#call('commit', asks)) as CommitGives;
      if (gives.done) {
        for (const [key, value] of view.writes) this.#wrote(key, value, gives.version);
        return done;
      }
      for (const [key, row] of Object.entries(gives.rows)) this.#known.set(key, row);
      // Who had read all reads all again.
      whole = undefined;
    }
  }

  #wrote(key: string, value: BookRow['value'] | null, version: number): void {
    if (key.startsWith('account ')) {
      if (value !== null) this.#known.set(key, { version, value });
      return;
    }
    if (value === null) {
      this.#known.delete(key);
      this.#open.delete(key);
      if (this.#open.size === 0) this.close();
      return;
    }
    // It is read once again, by whom it belongs to.
    this.#known.set(key, { version, value });
    this.#open.add(key);
    if (this.#stopAlive === undefined) this.#stayAlive();
  }

  #alive(): AliveAsks {
    const { clock } = this.#place;
    return { holder: this.#holder, wall: (clock.wall ?? clock).now(), leaseMs: this.#leaseMs };
  }

  #stayAlive(): void {
    const { clock } = this.#place;
    const wall = clock.wall ?? clock;
    this.#stopAlive = renewing(wall, this.#leaseMs, async () => {
      await this.#call('alive', this.#alive());
      return true;
    });
  }

  #call(handler: string, body?: unknown): Promise<unknown> {
    const { ingress, names } = this.#place;
    return ingress.call({
      service: names.books,
      key: budgetKey,
      handler,
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** The books as some transactions see them, one after the other. */
class View {
  readonly reads = new Set<string>();
  readonly writes = new Map<string, BookRow['value'] | null>();
  /** Somebody wants to see all, and not all is there. */
  wanting = false;
  readonly #known: ReadonlyMap<string, BookRow | null>;
  readonly #complete: boolean;
  readonly #holder: string;

  constructor(known: ReadonlyMap<string, BookRow | null>, complete: boolean, holder: string) {
    this.#known = known;
    this.#complete = complete;
    this.#holder = holder;
  }

  /** Does one of them; if it throws, nothing of what it did stays. */
  run(work: (books: BudgetBooks) => unknown): Done {
    const own = new Map<string, BookRow['value'] | null>();
    const read = (key: string): BookRow['value'] | undefined => {
      const written = own.has(key) ? own.get(key) : this.writes.get(key);
      if (own.has(key) || this.writes.has(key)) return written ?? undefined;
      this.reads.add(key);
      return this.#known.get(key)?.value;
    };
    const all = (kind: string): string[] => {
      if (!this.#complete) this.wanting = true;
      const keys = new Set([...this.#known.keys(), ...this.writes.keys(), ...own.keys()]);
      return [...keys].filter((key) => key.startsWith(kind) && read(key) !== undefined);
    };
    const account = (name: string): BudgetAccount | undefined => read(`account ${name}`) as BudgetAccount | undefined;
    const reservation = (id: string): BudgetReservation | undefined => {
      const row = read(`call ${id}`) as (BudgetReservation & { readonly holder: string }) | undefined;
      if (row === undefined) return undefined;
      const { holder: _holder, ...rest } = row;
      return rest;
    };
    try {
      const value = work({
        account,
        accounts: () =>
          all('account ').map((key): [string, BudgetAccount] => {
            const name = key.slice('account '.length);
            return [name, account(name) as BudgetAccount];
          }),
        putAccount: (name, { currency, spent, reserved }) => {
          own.set(`account ${name}`, { currency, spent, reserved });
        },
        reservation,
        reservations: () => all('call ').map((key) => reservation(key.slice('call '.length)) as BudgetReservation),
        putReservation: ({ id, accounts, micros, currency, at }) => {
          own.set(`call ${id}`, { id, accounts, micros, currency, at, holder: this.#holder });
        },
        dropReservation: (id) => {
          own.set(`call ${id}`, null);
        },
      });
      for (const [key, row] of own) this.writes.set(key, row);
      return { ok: true, value };
    } catch (error) {
      return { ok: false, error };
    }
  }
}
