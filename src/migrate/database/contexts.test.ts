import { expect, it } from 'vitest';
import { ReactiveSystemRuntime } from '../../runtime/index.ts';
import { openSqlite } from '../../store/index.ts';
import { silentLogger } from '../../tasks/index.ts';
import { SimulatedClock } from '../../testing/index.ts';
import { versionsFrom, withTasks, worldOf, type Version } from '../fixtures/versions.ts';
import { migrateDatabase } from './migrate-database.ts';

const text = (
  version: string,
  order: string,
  card: string,
): string => `import { event, machine, system } from 'millrace';
import { z } from 'zod';
export default system('shop', { version: '${version}' });
export const go = event('go', { payload: z.object({ id: z.string() }) });
export const order = machine('order', { key: 'id', context: z.object({ ${order} }), events: { go }, creates: ['go'] })
  .states('open', { open: { on: { go: 'open' } } });
export const card = machine('card', { key: 'id', context: z.object({ ${card} }), events: { go }, creates: ['go'] })
  .states('open', { open: { on: { go: 'open' } } });
`;

it('what is stored is not parsed as if it were new, and what goes is said', async () => {
  const versions = await versionsFrom([
    text('1.0.0', 'n: z.number().default(10)', "name: z.string().default('x'), old: z.number().default(1)"),
    text(
      '2.0.0',
      "n: z.number().default(10).transform((n) => n * 2), unit: z.string().default('EUR')",
      "name: z.string(), more: z.string().default('none')",
    ),
  ]);
  const store = openSqlite(':memory:');
  const clock = new SimulatedClock();
  const runtime = new ReactiveSystemRuntime(
    withTasks(versions[0] as Version, () => null),
    { store, clock, logger: silentLogger },
  );
  for (const id of ['a', 'b']) await runtime.sendEvent('go', { id });
  await runtime.close();
  const step = { from: '1.0.0', to: '2.0.0', instances: { order: {} } };
  const report = await migrateDatabase(store, worldOf(versions, [step], { now: clock.now() }));
  const context = (machine: string): unknown =>
    (JSON.parse(store.tables.instances.get(machine, 'b')?.snapshot ?? '') as { context: unknown }).context;
  expect(context('order')).toEqual({ n: 10, unit: 'EUR' });
  expect(context('card')).toEqual({ name: 'x', more: 'none' });
  expect(report.instances).toEqual([
    { machine: 'card', mapped: 2, unchanged: 0, left: [], dropped: ['old'] },
    { machine: 'order', mapped: 2, unchanged: 0, left: [] },
  ]);
  store.close();
});

it('counts as mapped what is different, not what a step only speaks of', async () => {
  const versions = await versionsFrom([
    text('1.0.0', 'n: z.number().default(10)', 'a: z.number().default(1), b: z.number().default(2)'),
    text('2.0.0', 'n: z.number()', 'b: z.number(), a: z.number()'),
  ]);
  const store = openSqlite(':memory:');
  const clock = new SimulatedClock();
  const runtime = new ReactiveSystemRuntime(
    withTasks(versions[0] as Version, () => null),
    { store, clock, logger: silentLogger },
  );
  for (const id of ['a', 'b']) await runtime.sendEvent('go', { id });
  await runtime.close();
  const change = (context: { n: number }, { id }: { id: string }): unknown => ({ n: context.n + (id === 'a' ? 1 : 0) });
  const step = { from: '1.0.0', to: '2.0.0', instances: { order: { context: change }, card: {} } };
  const report = await migrateDatabase(store, worldOf(versions, [step], { now: clock.now() }));
  expect(report.instances).toEqual([
    { machine: 'card', mapped: 0, unchanged: 2, left: [] },
    { machine: 'order', mapped: 1, unchanged: 1, left: [] },
  ]);
  // The step speaks of them: nobody rolls back to before it.
  expect(store.tables.instances.history('card', 'b', {})[0]).toMatchObject({ kind: 'migration' });
  store.close();
});

it('does not write a child over what its parent, of the same machine, has changed in it', async () => {
  const versions = await versionsFrom([
    text('1.0.0', 'n: z.number().default(1)', 'n: z.number().default(1)'),
    text('2.0.0', 'n: z.number().default(1)', 'n: z.number().default(1)').replaceAll('order', 'purchase'),
  ]);
  const store = openSqlite(':memory:');
  const clock = new SimulatedClock();
  const runtime = new ReactiveSystemRuntime(
    withTasks(versions[0] as Version, () => null),
    { store, clock, logger: silentLogger },
  );
  for (const id of ['a', 'b']) await runtime.sendEvent('go', { id });
  await runtime.close();
  const { instances } = store.tables;
  const row = instances.get('order', 'b');
  if (row !== undefined)
    instances.put({ ...row, parentMachine: 'order', parentInstance: 'a', parentRef: 'open.order' });
  const step = { from: '1.0.0', to: '2.0.0', instances: { order: { machine: 'purchase' } } };
  await migrateDatabase(store, worldOf(versions, [step], { now: clock.now() }));
  expect(instances.get('purchase', 'b')).toMatchObject({ parentMachine: 'purchase', parentInstance: 'a' });
  store.close();
});
