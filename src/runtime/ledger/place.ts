import type { Clock } from '../../core/index.ts';
import type { Tables, Tx } from '../../store/index.ts';
import type { Context } from '../context.ts';

/** Where a ledger is: what it reads, and how it writes, with others in one commit or alone. */
export interface LedgerPlace {
  readonly tables: Tables;
  readonly clock: Clock;
  write<T>(work: (tx: Tx) => T): Promise<T>;
}

const places = new WeakMap<object, LedgerPlace>();

/** The ledger of the process that drives a file: it writes with the rest of the engine. */
export function placeOf(context: Pick<Context, 'store' | 'clock' | 'writer'>): LedgerPlace {
  let place = places.get(context);
  if (place === undefined) {
    const { store, clock, writer } = context;
    places.set(context, (place = { tables: store.tables, clock, write: (work) => writer.submit(work) }));
  }
  return place;
}
