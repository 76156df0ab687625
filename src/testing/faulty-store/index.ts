import { StoreError, type Store, type Tables, type Tx } from '../../store/index.ts';
import { SimulatedCrash, type FaultPoint, type StoreFault } from './point.ts';

export { SimulatedCrash, type FaultPoint, type StoreFault } from './point.ts';

const failures: Readonly<Record<Exclude<StoreFault, 'crash'>, readonly [code: string, retryable: boolean]>> = {
  busy: ['MR3001', true],
  full: ['MR3005', true],
  io: ['MR3006', false],
  readonly: ['MR3007', false],
};

/** A store that fails when it is told to, and what it has been asked for. */
export interface FaultyStore extends Store {
  /** How many points were passed. */
  readonly points: number;
  /** Has a `crash` come? Then every call throws `SimulatedCrash`. */
  readonly crashed: boolean;
}

/**
 * A store that fails at the moments of your choice: before or after the beginning of a transaction, each statement in
 * it, and its commit. `fault` is asked at each point, with its number; what it gives goes wrong there. A failure before
 * a commit takes the transaction back; one after it leaves what was written, and its caller does not hear of it. Reads
 * outside of transactions go wrong only after a crash. The store beneath is a real one, and is left open: after a crash,
 * open a runtime on it as a restarted process would.
 *
 * @example
 * ```ts
 * import { openMemory } from 'millrace/store';
 * import { faultyStore, SimulatedCrash } from 'millrace/testing';
 *
 * const disk = openMemory();
 * const store = faultyStore(disk, ({ call, moment }) => (call === 'commit' && moment === 'after' ? 'crash' : undefined));
 * try {
 *   store.transaction((tx) => tx.meta.set('a', '1'));
 * } catch (error) {
 *   console.log(error instanceof SimulatedCrash, disk.tables.meta.get('a')); // true 1
 * }
 * ```
 */
export function faultyStore(store: Store, fault: (point: FaultPoint) => StoreFault | undefined): FaultyStore {
  let points = 0;
  let transaction = 0;
  let crashed = false;

  const pass = (call: string, moment: FaultPoint['moment']): void => {
    if (crashed) throw new SimulatedCrash();
    const point = { n: ++points, moment, call, transaction };
    const wrong = fault(point);
    if (wrong === undefined) return;
    if (wrong === 'crash') {
      crashed = true;
      throw new SimulatedCrash(point);
    }
    const [code, retryable] = failures[wrong];
    throw new StoreError(`The store was told to fail ${moment} ${call} (point ${point.n}): ${wrong}.`, {
      code,
      retryable,
      fault: 'environment',
    });
  };
  const around = <T>(call: string, work: () => T): T => {
    pass(call, 'before');
    const result = work();
    pass(call, 'after');
    return result;
  };
  const within = (tx: Tx): Tx => ({
    ...wrapped(tx, around),
    savepoint: (work) => around('savepoint', () => tx.savepoint(() => work())),
  });
  const alive = (): void => {
    if (crashed) throw new SimulatedCrash();
  };
  const outside = wrapped(store.tables, (_, work) => {
    alive();
    return work();
  });

  return {
    ...store,
    tables: outside,
    transaction: (work) => {
      transaction++;
      pass('begin', 'before');
      const result = store.transaction((tx) => {
        pass('begin', 'after');
        const done = work(within(tx));
        pass('commit', 'before');
        return done;
      });
      pass('commit', 'after');
      return result;
    },
    longTransaction: async (work) => {
      transaction++;
      pass('begin', 'before');
      const result = await store.longTransaction(async (tx) => {
        pass('begin', 'after');
        const done = await work(within(tx));
        pass('commit', 'before');
        return done;
      });
      pass('commit', 'after');
      return result;
    },
    space: () => store.space(),
    vacuum: () => {
      alive();
      store.vacuum();
    },
    reading: (work) => {
      alive();
      return store.reading(work);
    },
    version: () => {
      alive();
      return store.version();
    },
    get points() {
      return points;
    },
    get crashed() {
      return crashed;
    },
  };
}

/** The tables with `around` about each of their methods. */
function wrapped(tables: Tables, around: <T>(call: string, work: () => T) => T): Tables {
  const wrapTable = (name: string, table: object): object =>
    Object.fromEntries(
      Object.entries(table).map(([method, run]: [string, unknown]) => [
        method,
        typeof run === 'function'
          ? (...values: unknown[]): unknown =>
              around(`${name}.${method}`, () => Reflect.apply(run, table, values) as unknown)
          : run,
      ]),
    );
  const all = Object.entries(tables as unknown as Record<string, unknown>).map(([name, table]) => [
    name,
    typeof table === 'object' && table !== null ? wrapTable(name, table) : table,
  ]);
  return Object.fromEntries(all) as Tables;
}
