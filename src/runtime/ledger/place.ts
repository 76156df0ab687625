import type { Clock } from '../../core/index.ts';
import { holds, type Lease, type Tables, type Tx } from '../../store/index.ts';
import type { Context } from '../context.ts';

/** Where a ledger is: what it reads, and how it writes, with others in one commit or alone. */
export interface LedgerPlace {
  readonly tables: Tables;
  readonly clock: Clock;
  write<T>(work: (tx: Tx) => T): Promise<T>;
  /** Throws when whoever uses it may not begin anything any more. Absent: it always may. */
  readonly fence?: (tables: Pick<Tables, 'work'>) => void;
}

/** Writes what only somebody who may still go on may write: that is checked in the same transaction. */
export function writeFenced<T>(place: LedgerPlace, work: (tx: Tx) => T): Promise<T> {
  const { fence } = place;
  if (fence === undefined) return place.write(work);
  return place.write((tx) => {
    fence(tx);
    return work(tx);
  });
}

/**
 * The ledger as it is for the work of a lease: nothing is begun or saved after that is lost. `now`: by which the lease runs
 * out.
 */
export function underLease(place: LedgerPlace, lease: Lease, now: () => number = Date.now): LedgerPlace {
  return {
    get tables() {
      return place.tables;
    },
    get clock() {
      return place.clock;
    },
    write: (work) => place.write(work),
    fence: (tables) => void holds(tables, lease, now()),
  };
}

/** The store is asked only when there is something to read: a rehearsal has none. */
class EnginePlace implements LedgerPlace {
  readonly #context: Engine;

  constructor(context: Engine) {
    this.#context = context;
  }
  get tables(): Tables {
    return this.#context.store.tables;
  }
  get clock(): Clock {
    return this.#context.clock;
  }
  write<T>(work: (tx: Tx) => T): Promise<T> {
    return this.#context.writer.submit(work);
  }
}

type Engine = Pick<Context, 'store' | 'clock' | 'writer'>;
const places = new WeakMap<object, LedgerPlace>();

/** The ledger of the process that drives a file: it writes with the rest of the engine. */
export function placeOf(context: Engine): LedgerPlace {
  let place = places.get(context);
  if (place === undefined) {
    places.set(context, (place = new EnginePlace(context)));
  }
  return place;
}
