import type { Clock } from '../../core/index.ts';
import type { Tables, Tx } from '../../store/index.ts';
import type { Context } from '../context.ts';

/** Where a ledger is: what it reads, and how it writes, with others in one commit or alone. */
export interface LedgerPlace {
  readonly tables: Tables;
  readonly clock: Clock;
  write<T>(work: (tx: Tx) => T): Promise<T>;
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
