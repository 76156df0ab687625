import { describe, expect, it } from 'vitest';
import { openMemory, openSqlite } from 'millrace/store';
import { faultyStore, SimulatedCrash, type FaultPoint, type StoreFault } from './index.ts';

describe.each([
  ['sqlite', () => openSqlite(':memory:')],
  ['memory', () => openMemory()],
])('a faulty store on %s', (_, open) => {
  const set = (fault: (point: FaultPoint) => StoreFault | undefined) => {
    const disk = open();
    const store = faultyStore(disk, fault);
    let thrown: unknown;
    try {
      store.transaction((tx) => {
        tx.meta.set('a', '1');
        tx.savepoint(() => tx.meta.set('b', '2'));
      });
    } catch (error) {
      thrown = error;
    }
    return { thrown, store, values: ['a', 'b'].map((name) => disk.tables.meta.get(name)) };
  };

  it('passes the points in order', () => {
    const seen: string[] = [];
    const { values, store } = set(
      ({ n, call, moment, transaction }) => void seen.push(`${n} ${moment} ${call} ${transaction}`),
    );
    expect(values).toEqual(['1', '2']);
    expect(seen).toEqual([
      '1 before begin 1',
      '2 after begin 1',
      '3 before meta.set 1',
      '4 after meta.set 1',
      '5 before savepoint 1',
      '6 before meta.set 1',
      '7 after meta.set 1',
      '8 after savepoint 1',
      '9 before commit 1',
      '10 after commit 1',
    ]);
    expect(store.points).toBe(10);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('crashes at point %i: all or nothing, and nothing more', (at) => {
    const { thrown, values, store } = set(({ n }) => (n === at ? 'crash' : undefined));
    expect(thrown).toBeInstanceOf(SimulatedCrash);
    expect(values).toEqual(at === 10 ? ['1', '2'] : [undefined, undefined]);
    expect(store.crashed).toBe(true);
    expect(() => store.tables.meta.get('a')).toThrow(SimulatedCrash);
    expect(() => store.transaction(() => {})).toThrow(SimulatedCrash);
  });

  it.each([
    ['busy', 'MR3001'],
    ['full', 'MR3005'],
    ['io', 'MR3006'],
    ['readonly', 'MR3007'],
  ] as const)('fails with %s as the database would (%s), and goes on', (fault, code) => {
    const { thrown, values, store } = set(({ n }) => (n === 4 ? fault : undefined));
    expect(thrown).toMatchObject({ name: 'StoreError', code });
    expect(values).toEqual([undefined, undefined]);
    store.transaction((tx) => tx.meta.set('a', '3'));
    expect(store.tables.meta.get('a')).toBe('3');
  });
});
