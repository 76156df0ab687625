import { openMemory, type JournalRow, type Store, type Tables, type Tx } from 'millrace/store';
import type { SimulationFaults } from 'millrace/testing';
import type { HistoryOptions } from './history.ts';

/** An engine that is broken on purpose, by what lies between it and its store. */
export interface Mutant {
  readonly name: string;
  /** What finds it: part of the violation. */
  readonly foundBy: RegExp;
  /** For one history. */
  readonly options: () => HistoryOptions;
}

type Altered = { readonly [Name in keyof Tables]?: Partial<Tables[Name]> };

/** A store whose tables do something else: in transactions, and where the engine only reads. */
function altered(
  store: Store,
  within: (tables: Tables) => Altered,
  outside: (tables: Tables) => Altered = () => ({}),
): Store {
  const apply = (tables: Tables, changes: Altered): Tables =>
    Object.fromEntries(
      Object.entries(tables).map(([name, table]: [string, unknown]) => [
        name,
        typeof table === 'object' ? { ...table, ...changes[name as keyof Tables] } : table,
      ]),
    ) as unknown as Tables;
  return {
    ...store,
    tables: apply(store.tables, outside(store.tables)),
    transaction: (work) =>
      store.transaction((tx) => work({ ...apply(tx, within(tx)), savepoint: (inner) => tx.savepoint(inner) })),
  };
}

const mutant = (
  name: string,
  foundBy: RegExp,
  between: () => (store: Store) => Store,
  faults?: SimulationFaults,
): Mutant => ({
  name,
  foundBy,
  // Nobody is taken out of memory: what is read back is what a crash has left.
  options: () => ({
    more: { between: between(), runtime: { resident: 100 }, ...(faults === undefined ? {} : { faults }) },
  }),
});

/** True at each `n`th call. */
function each(n: number): () => boolean {
  let count = 0;
  return () => ++count % n === 0;
}

const crashes = { crash: 0.03, store: 0, stall: 0, close: 0, jump: 0 };

export const mutants: readonly Mutant[] = [
  {
    name: 'commit: acknowledges before it is on the disk',
    foundBy: /was acknowledged, and is|was told to be/,
    options: unsynced,
  },
  mutant(
    'commit: loses a line of the journal',
    /its lines have the numbers|without 'started'|begun although|left/,
    () => {
      const lose = each(9);
      return (store) =>
        altered(store, ({ journal }) => ({
          journal: {
            append: (row: JournalRow) => (row.kind === 'completed' && lose() ? undefined : journal.append(row)),
          },
        }));
    },
  ),
  mutant('commit: loses the end of a run', /left|was told to be|should be/, () => {
    const lose = each(3);
    return (store) =>
      altered(store, ({ runs }) => ({
        runs: { end: (...end: Parameters<typeof runs.end>) => (lose() ? undefined : runs.end(...end)) },
      }));
  }),
  mutant(
    'commit: keeps half of a transaction that failed',
    /has published|was handed out, the cursor|is left|have the numbers/,
    () => (store) => ({ ...store, transaction: (work) => halved(store, work) }),
    { store: 0.1, crash: 0, stall: 0, jump: 0 },
  ),
  mutant(
    'fence: no process looks at the epoch',
    /replaced|times|done again|already|after|numbers|blocked/,
    () => (store) => {
      let mine: number | undefined;
      return altered(store, ({ owner }) => ({
        owner: {
          put: (row: Parameters<typeof owner.put>[0]) => {
            mine = row.epoch;
            owner.put(row);
          },
          epoch: () => mine ?? owner.epoch(),
        },
      }));
    },
    { crash: 0, store: 0, stall: 0.03, close: 0, jump: 0 },
  ),
  mutant(
    'replay: repeats a finished step',
    /done again/,
    () => (store) =>
      altered(
        store,
        () => ({}),
        ({ journal }) => ({
          journal: {
            of: (run: string) =>
              journal.of(run).filter((row, index, all) => row.kind !== 'completed' || index < all.length - 1),
          },
        }),
      ),
    crashes,
  ),
  mutant(
    'replay: puts finished steps in another order',
    /undone in the order/,
    () => (store) =>
      altered(
        store,
        () => ({}),
        ({ journal }) => ({ journal: { of: (run: string) => reordered(journal.of(run)) } }),
      ),
    crashes,
  ),
  mutant(
    'replay: forgets how often was tried',
    /was put off after/,
    () => (store) =>
      altered(
        store,
        () => ({}),
        ({ journal }) => ({
          journal: {
            of: (run: string) =>
              journal.of(run).map((row) => (row.kind === 'retrying' ? { ...row, attempt: row.attempt - 1 } : row)),
          },
        }),
      ),
    crashes,
  ),
  mutant(
    'timers: ring before their time',
    /slept until|ms early/,
    () => (store) =>
      altered(
        store,
        () => ({}),
        ({ timers }) => ({ timers: { due: (now: number, most: number) => timers.due(now + 1_800_000, most) } }),
      ),
  ),
  mutant('timers: some are not set', /sleeps without|left|reminded/, () => {
    const lose = each(3);
    return (store) =>
      altered(store, ({ timers }) => ({
        timers: { put: (row: Parameters<typeof timers.put>[0]) => (lose() ? undefined : timers.put(row)) },
      }));
  }),
  mutant('timers: some ring twice', /'slept' 2 times|'slept' after 'slept'|reminded/, () => {
    const lose = each(2);
    return (store) =>
      altered(store, ({ timers }) => ({
        timers: { remove: (key: string) => (lose() ? undefined : timers.remove(key)) },
      }));
  }),
  mutant(
    'events: are handed out twice',
    /was handed out, the cursor is at/,
    () => {
      const lose = each(2);
      return (store) =>
        altered(store, ({ meta }) => ({
          meta: {
            set: (name: string, value: string) => (name === 'cursor' && lose() ? undefined : meta.set(name, value)),
          },
        }));
    },
    crashes,
  ),
  mutant(
    'events: are taken twice by one run',
    /taken before|could take again/,
    () => (store) => altered(store, () => ({ events: { consume: () => {} } })),
  ),
  mutant('events: a wait is not noted', /nothing wakes it|left|waits for event/, () => {
    const lose = each(2);
    return (store) =>
      altered(store, ({ waits }) => ({
        waits: { insert: (row: Parameters<typeof waits.insert>[0]) => (lose() ? undefined : waits.insert(row)) },
      }));
  }),
  mutant(
    'events: a key is forgotten',
    /has published/,
    () => (store) => altered(store, () => ({ idempotency: { put: () => {} } })),
  ),
  mutant(
    'pause: is not written down',
    /was paused, and is|while it was paused/,
    () => (store) =>
      altered(store, ({ runs }) => ({
        runs: {
          status: (id: string, status: Parameters<typeof runs.status>[1], at: number) =>
            status === 'paused' ? undefined : runs.status(id, status, at),
        },
      })),
  ),
  mutant(
    'cancel: its line is lost',
    /was cancelled, and is|should be/,
    () => (store) =>
      altered(store, ({ journal }) => ({
        journal: {
          append: (row: JournalRow) =>
            row.kind === 'stopping' && row.data?.includes('"cancel"') === true ? undefined : journal.append(row),
        },
      })),
    crashes,
  ),
];

function halved<T>(store: Store, work: (tx: Tx) => T): T {
  let failure: { readonly error: unknown } | undefined;
  const result = store.transaction((tx) => {
    try {
      return work(tx);
    } catch (error) {
      failure = { error };
      return undefined as T;
    }
  });
  if (failure !== undefined) throw failure.error;
  return result;
}

function reordered(rows: readonly JournalRow[]): JournalRow[] {
  const done = rows.filter(({ kind, path }) => kind === 'completed' && !path.endsWith('~undo'));
  const [first, last] = [done.at(-2), done.at(-1)];
  if (first === undefined || last === undefined) return [...rows];
  const swap = (row: JournalRow): JournalRow =>
    row === first ? { ...row, seq: last.seq } : row === last ? { ...row, seq: first.seq } : row;
  return rows.map(swap);
}

interface Call {
  readonly table: string;
  readonly method: string;
  readonly values: readonly unknown[];
}

/** What is written is on the disk some transactions later than is said: the newest three are gone after a crash. */
function unsynced(): HistoryOptions {
  const disk: Call[][] = [];
  const open = (): Store => {
    const store = openMemory();
    disk.splice(-3);
    for (const calls of disk)
      store.transaction((tx) => {
        for (const { table, method, values } of calls)
          Reflect.apply(
            (tx as unknown as Record<string, Record<string, (...all: unknown[]) => unknown>>)[table]?.[
              method
            ] as () => unknown,
            undefined,
            values,
          );
      });
    const logging = (tx: Tx, calls: Call[]): Tx => {
      const tables = Object.entries(tx).map(([table, methods]: [string, unknown]) => [
        table,
        typeof methods !== 'object'
          ? methods
          : Object.fromEntries(
              Object.entries(methods as object).map(([method, run]: [string, unknown]) => [
                method,
                (...values: unknown[]): unknown => {
                  calls.push({ table, method, values });
                  return Reflect.apply(run as () => unknown, undefined, values);
                },
              ]),
            ),
      ]);
      return {
        ...(Object.fromEntries(tables) as Tables),
        savepoint: (work) => {
          const before = calls.length;
          try {
            return tx.savepoint(work);
          } catch (thrown) {
            calls.length = before;
            throw thrown;
          }
        },
      };
    };
    return {
      ...store,
      close: () => {},
      transaction: (work) => {
        const calls: Call[] = [];
        const result = store.transaction((tx) => work(logging(tx, calls)));
        disk.push(calls);
        return result;
      },
    };
  };
  return { store: open, more: { faults: crashes } };
}
