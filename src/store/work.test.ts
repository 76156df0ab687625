import { describe, expect, it } from 'vitest';
import { stores } from './fixtures/rows.ts';
import {
  claimWork,
  finishWork,
  lossesOf,
  leaseStatus,
  releaseWork,
  renewWork,
  sweepWork,
  type Claim,
  type Lease,
  type Store,
  type WorkRow,
} from './index.ts';

const item = (id: string, more: Partial<WorkRow> = {}): WorkRow => ({
  id,
  run: 'r',
  path: `s/${id}`,
  task: 't',
  status: 'pending',
  priority: 0,
  request: '{}',
  attempt: 1,
  lost: 0,
  maxLost: 3,
  worker: null,
  token: 0,
  until: null,
  result: null,
  history: null,
  created: 1,
  updated: 1,
  ...more,
});
const claim = (store: Store, more: Partial<Claim> = {}): readonly WorkRow[] =>
  store.transaction((tx) =>
    claimWork(tx, { worker: 'a', limit: 1, held: 0, now: 10, leaseMs: 100, tasks: undefined, ...more }),
  );
const lease = (row: WorkRow | undefined, worker = 'a'): Lease => ({
  id: row?.id ?? '',
  worker,
  token: row?.token ?? 0,
});

describe.each(Object.entries(stores))('shared work: %s', (_name, open) => {
  function filled(...rows: readonly WorkRow[]): Store {
    const store = open();
    store.transaction((tx) => rows.forEach((row) => tx.work.insert(row)));
    return store;
  }

  it('gives the highest priority first, then the oldest, of the tasks that are asked for; none when there is none', () => {
    const store = filled(
      item('young', { created: 5 }),
      item('old', { created: 2 }),
      item('urgent', { created: 9, priority: 7 }),
      item('late', { priority: -1 }),
      item('other', { task: 'u', priority: 99 }),
    );
    expect(claim(store, { tasks: ['t'], limit: 3 }).map(({ id }) => id)).toEqual(['urgent', 'old', 'young']);
    expect(claim(store, { tasks: ['x'] })).toEqual([]);
    expect(claim(store, { tasks: [] })).toEqual([]);
    expect(claim(store, { limit: 0 })).toEqual([]);
    expect(claim(store, { limit: 9 }).map(({ id }) => id)).toEqual(['other', 'late']);
    expect(claim(store)).toEqual([]);
    expect(store.tables.work.get('urgent')).toMatchObject({
      status: 'in_progress',
      worker: 'a',
      until: 110,
      updated: 10,
    });
    expect(store.tables.work.heldBy('a').map(({ id }) => id)).toEqual(['late', 'other', 'old', 'young', 'urgent']);
    expect(store.tables.work.holders()).toEqual(['a']);
    expect(store.tables.work.count()).toEqual({ in_progress: 5 });
    expect(store.tables.work.places()[0]).toEqual({ id: 'late', run: 'r', path: 's/late' });
    store.close();
  });

  it('raises the token with every claim, also when a row was removed in between', () => {
    const store = filled(item('x'));
    const first = claim(store)[0]?.token ?? 0;
    store.transaction((tx) => {
      tx.work.remove('x');
      tx.work.insert(item('x'));
    });
    const second = claim(store)[0]?.token ?? 0;
    expect(second).toBeGreaterThan(first);
    // What is taken back leaves no gap that anybody could see as a claim.
    expect(() =>
      store.transaction((tx) => {
        tx.work.nextToken();
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(store.transaction((tx) => tx.work.nextToken())).toBe(second + 1);
    store.close();
  });

  it('lets only the holder renew, finish and hand back, only before the lease has run out, and only with its token', () => {
    const store = filled(item('x'));
    const [row] = claim(store);
    const mine = lease(row);
    const end = { status: 'completed', result: '1' } as const;
    const refused = (who: Lease, now: number, code: string): void => {
      for (const work of [renewWork, releaseWork] as const)
        expect(() => store.transaction((tx) => work(tx, who, now, 100))).toThrow(expect.objectContaining({ code }));
      expect(() => store.transaction((tx) => finishWork(tx, who, end, now))).toThrow(expect.objectContaining({ code }));
    };
    refused({ ...mine, worker: 'b' }, 20, 'MR3411');
    refused({ ...mine, token: mine.token - 1 }, 20, 'MR3411');
    refused({ ...mine, id: 'y' }, 20, 'MR3412');
    refused(mine, 110, 'MR3410');
    expect(store.tables.work.get('x')).toEqual(row);
    store.transaction((tx) => renewWork(tx, mine, 109, 100));
    expect(leaseStatus(store.tables.work.get('x'), 'a', 208)).toEqual({
      exists: true,
      status: 'in_progress',
      holder: 'a',
      expires: 209,
      expired: false,
      mine: true,
    });
    expect(leaseStatus(store.tables.work.get('x'), 'b', 209)).toMatchObject({ expired: true, mine: false });
    expect(leaseStatus(undefined, 'b', 209)).toEqual({ exists: false, expired: false, mine: false });
    store.transaction((tx) => finishWork(tx, mine, end, 200));
    expect(store.tables.work.get('x')).toMatchObject({ status: 'completed', result: '1', until: null, lost: 0 });
    expect(store.tables.work.over().map(({ id }) => id)).toEqual(['x']);
    refused(mine, 201, 'MR3412');
    store.close();
  });

  it('never changes what is over', () => {
    for (const status of ['completed', 'failed', 'expired'] as const) {
      const store = filled(item('x', { status, result: '1' }));
      expect(() => store.transaction((tx) => tx.work.put(item('x')))).toThrow(
        expect.objectContaining({ code: 'MR3012' }),
      );
      expect(store.tables.work.get('x')).toEqual(item('x', { status, result: '1' }));
      store.transaction((tx) => tx.work.remove('x'));
      expect(store.tables.work.get('x')).toBeUndefined();
      store.close();
    }
  });

  it('hands back what was not done, without a loss; a second holder takes what has expired, and the first is out', () => {
    const store = filled(item('x'));
    const first = lease(claim(store)[0]);
    store.transaction((tx) => releaseWork(tx, first, 20));
    expect(store.tables.work.get('x')).toMatchObject({ status: 'pending', lost: 0, worker: null });
    const second = lease(claim(store, { now: 30 })[0]);
    const third = lease(claim(store, { now: 130, worker: 'b' })[0], 'b');
    expect(third.token).toBeGreaterThan(second.token);
    expect(() => store.transaction((tx) => renewWork(tx, second, 131, 9))).toThrow(
      expect.objectContaining({ code: 'MR3411', retryable: false }),
    );
    expect(lossesOf(store.tables.work.get('x') as WorkRow)).toEqual([{ at: 130, worker: 'a' }]);
    expect(store.tables.work.lost().map(({ id, lost }) => [id, lost])).toEqual([['x', 1]]);
    store.close();
  });

  it('sweeps what has run out, or whose holder is gone, and parks what was lost too often', () => {
    const store = filled(item('x', { maxLost: 2 }), item('y', { maxLost: 1 }), item('z'));
    claim(store, { limit: 2 });
    claim(store, { worker: 'b', leaseMs: 1000 });
    expect(store.transaction((tx) => sweepWork(tx, 109))).toEqual({ returned: 0, parked: 0 });
    expect(store.transaction((tx) => sweepWork(tx, 110))).toEqual({ returned: 1, parked: 1 });
    expect(store.transaction((tx) => sweepWork(tx, 111, ['b', 'nobody']))).toEqual({ returned: 1, parked: 0 });
    const { work } = store.tables;
    expect(work.get('y')).toMatchObject({ status: 'expired', lost: 1 });
    expect([work.get('x')?.status, work.get('z')?.status]).toEqual(['pending', 'pending']);
    expect(work.count()).toEqual({ pending: 2, expired: 1 });
    store.close();
  });

  it('gives work that may kill its processes to one that has nothing else to do, and nothing besides', () => {
    const store = filled(item('bad', { lost: 2, priority: 9, updated: 10 }), item('good'));
    expect(claim(store, { limit: 2 }).map(({ id }) => id)).toEqual(['good']);
    expect(claim(store, { limit: 2, held: 1 })).toEqual([]);
    expect(claim(store, { limit: 2, worker: 'b' }).map(({ id }) => id)).toEqual(['bad']);
    // It is not put off for ever: a worker that has something to do ends that first.
    store.transaction((tx) => {
      tx.work.remove('bad');
      tx.work.insert(item('bad', { lost: 2, updated: 10 }));
      tx.work.insert(item('more'));
    });
    expect(claim(store, { now: 20_000, held: 1 })).toEqual([]);
    expect(claim(store, { now: 20_000 }).map(({ id }) => id)).toEqual(['bad']);
    store.close();
  });
});
