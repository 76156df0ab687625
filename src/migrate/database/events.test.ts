import { expect, it } from 'vitest';
import { openMemory, openSqlite } from '../../store/index.ts';
import type { MigrationStep } from '../step/step.ts';
import { migration } from '../step/migration.ts';
import { chainsTo } from './chains.ts';
import { migrateDatabase } from './migrate-database.ts';
import type { World } from './world.ts';

/** Without the code of the target: names and payloads alone. */
function world(id: string, ...steps: readonly Omit<MigrationStep, 'kind'>[]): World {
  const target = steps.at(-1)?.to ?? '';
  const files = steps.map((step) => ({ path: '', file: `${step.from}-to-${step.to}.ts`, step: migration(step) }));
  return {
    id,
    system: 's',
    target,
    stepsFrom: chainsTo({ files, to: target, file: 's.dsl.ts' }),
    from: '1.0.0',
    modelOf: () => undefined,
    live: undefined,
    now: 50,
  };
}
const swap = (from: string, to: string): Omit<MigrationStep, 'kind'> => ({
  from,
  to,
  events: { a: { event: 'b' }, b: { event: 'a', payload: (payload: object) => ({ ...payload, was: 'b' }) } },
});

it.each([
  ['sqlite', () => openSqlite(':memory:')],
  ['memory', () => openMemory()],
])(
  '%s: whatever somebody may still take has its new name and index; what is over stays history',
  async (_name, open) => {
    const store = open();
    store.transaction((tx) => {
      const event = (id: string, name: string, expires: number): number =>
        tx.events.append({ id, name, payload: `{"k":"${id}"}`, at: 1, expires, source: 'send' });
      const seqs = [
        event('old', 'a', 10),
        event('a1', 'a', 99),
        event('b1', 'b', 99),
        event('late', 'a', 10),
        event('c1', 'c', 99),
      ];
      for (const [index, name] of ['a', 'a', 'b', 'a', 'c'].entries())
        tx.events.index(name, `{"k":"${['old', 'a1', 'b1', 'late', 'c1'][index]}"}`, seqs[index] ?? 0);
      tx.meta.set('fields', JSON.stringify({ a: [['k']], b: [['k'], ['k', 'z']], c: [['k']] }));
      // The fourth and fifth have not been handed out yet.
      tx.meta.set('cursor', '3');
    });
    const report = await migrateDatabase(store, world('m1', swap('1.0.0', '2.0.0')));
    expect(report.events).toEqual({ mapped: 3, left: [] });
    const { events, meta } = store.tables;
    expect(events.list({}).map(({ id, name, payload }) => [id, name, payload])).toEqual([
      ['c1', 'c', '{"k":"c1"}'],
      ['late', 'b', '{"k":"late"}'],
      ['b1', 'a', '{"k":"b1","was":"b"}'],
      ['a1', 'b', '{"k":"a1"}'],
      ['old', 'a', '{"k":"old"}'],
    ]);
    const found = (name: string, key: string): string | undefined => events.oldest(name, key, 0, 50, 'r')?.id;
    expect([
      found('b', '{"k":"a1"}'),
      found('a', '{"k":"b1"}'),
      found('a', '{"k":"b1","z":null}'),
      found('c', '{"k":"c1"}'),
    ]).toEqual(['a1', 'b1', 'b1', 'c1']);
    expect([found('a', '{"k":"a1"}'), found('b', '{"k":"b1"}')]).toEqual([undefined, undefined]);
    expect(JSON.parse(meta.get('fields') ?? '')).toEqual({ b: [['k']], a: [['k'], ['k', 'z']], c: [['k']] });

    // Once more to the same version: they are there. On to the next: back again.
    expect((await migrateDatabase(store, world('m2', swap('1.0.0', '2.0.0')))).events.mapped).toBe(0);
    expect(
      (await migrateDatabase(store, world('m3', swap('1.0.0', '2.0.0'), swap('2.0.0', '3.0.0')))).events.mapped,
    ).toBe(3);
    expect(events.list({}).map(({ name }) => name)).toEqual(['c', 'a', 'b', 'a', 'a']);
    store.close();
  },
);

it('an event whose function throws is listed, keeps its old name, and is not looked at again', async () => {
  const store = openMemory();
  store.transaction((tx) => {
    for (const id of ['good', 'bad'])
      tx.events.append({ id, name: 'a', payload: `{"k":"${id}"}`, at: 1, expires: 99, source: 'send' });
  });
  const payload = (was: { k: string }): object => {
    if (was.k === 'bad') throw new Error('unlucky');
    return { k: was.k, n: 1 };
  };
  const step = { from: '1.0.0', to: '2.0.0', events: { a: { event: 'b', payload } } };
  const report = await migrateDatabase(store, world('m1', step));
  expect(report.events).toEqual({ mapped: 1, left: [{ id: 'bad', name: 'a', reason: 'unlucky' }] });
  const stored = (): unknown => store.tables.events.list({}).map(({ name, payload: text }) => [name, text]);
  const after = [
    ['a', '{"k":"bad"}'],
    ['b', '{"k":"good","n":1}'],
  ];
  expect(stored()).toEqual(after);
  const mended = { ...step, events: { a: { event: 'b' } } };
  expect((await migrateDatabase(store, world('m2', mended))).events).toEqual({ mapped: 0, left: [] });
  expect(stored()).toEqual(after);
  store.close();
});

it('the failures of a task or flow go with its new name', async () => {
  const store = openMemory();
  store.transaction((tx) => {
    for (const name of ['failed.charge', 'failed.pay', 'failed.other'])
      tx.events.append({ id: name, name, payload: '{"k":"1"}', at: 1, expires: 99, source: 'run r' });
    tx.meta.set('fields', JSON.stringify({ 'failed.charge': [['k']] }));
  });
  const steps = { from: '1.0.0', to: '2.0.0', tasks: { charge: 'bill' }, runs: { pay: { flow: 'settle' } } };
  const { events } = await migrateDatabase(store, world('m1', steps));
  expect(events).toEqual({ mapped: 2, left: [] });
  const names = store.tables.events.list({}).map(({ name }) => name);
  expect(names.sort()).toEqual(['failed.bill', 'failed.other', 'failed.settle']);
  expect(JSON.parse(store.tables.meta.get('fields') ?? '')).toEqual({ 'failed.bill': [['k']] });
  expect(store.tables.events.oldest('failed.bill', '{"k":"1"}', 0, 50, 'r')?.id).toBe('failed.charge');
  store.close();
});
