import { isBreaking } from '../engine/index.ts';
import { expect, it } from 'vitest';
import { openSqlite, type Store } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { anyEvent, anyFlow, at, bind } from './fixtures/bind.ts';
import { noting, sketched } from './fixtures/sketched.ts';
import { ReactiveSystemRuntime } from './index.ts';

it.each([
  ['1.0.0', '1.9.3', false],
  ['1.0.0', '2.0.0', true],
  ['2.0.0', '1.0.0', true],
  ['0.3.1', '0.3.2', false],
  ['0.3.0', '0.4.0', true],
  ['0.4.0', '1.0.0', true],
  ['one', '2.0.0', false],
  [null, '2.0.0', false],
] as const)('%s and %s: breaking %s', (a, b, breaking) => expect(isBreaking(a, b)).toBe(breaking));

const note = sketched('note', {
  events: ['made', 'seen'],
  creates: ['made'],
  initial: 'open',
  states: { open: { on: { made: {}, seen: { actions: [noting('event.n')] } } } },
});
const go = anyEvent('go');
const start = (store: Store, version: string): ReactiveSystemRuntime => {
  const events = [anyEvent('made'), anyEvent('seen'), go];
  const flow = anyFlow('f', (host) => host.receive('go', go, at), { waits: [{ event: 'go', fields: [] }] });
  const system = { ...bind({ machines: [note], events, flows: [flow] }), version, source: '../x/test.dsl.ts' };
  return new ReactiveSystemRuntime(system, { store, logger: silentLogger });
};
const versions = (store: Store): unknown => JSON.parse(store.tables.meta.get('versions test') ?? 'null');

it('writes the version on what it makes, and does not start on what another line of versions has left alive', async () => {
  const store = openSqlite(':memory:');
  const first = start(store, '1.0.0');
  await first.sendEvent('made', { id: 'A' });
  await first.start('f', null, { id: 'r' });
  await first.close();
  expect(store.tables.instances.get('note', 'A')?.version).toBe('1.0.0');
  expect(store.tables.runs.get('r')?.version).toBe('1.0.0');

  const compatible = start(store, '1.2.0');
  await compatible.sendEvent('seen', { id: 'A', n: 1 });
  await compatible.close();
  // What is known of its data is who made it.
  expect(store.tables.instances.get('note', 'A')?.version).toBe('1.0.0');
  expect(versions(store)).toEqual(['1.0.0', '1.2.0']);

  expect(() => start(store, '2.0.0')).toThrow(
    expect.objectContaining({
      code: 'MR3500',
      message: expect.stringMatching(/version 2\.0\.0.*version 1\.0\.0.*dsl migrate test\.dsl\.ts --db/) as string,
    }),
  );
  // Nobody drives it now, and nothing was noted.
  expect(store.tables.owner.get()).toBeUndefined();
  expect(versions(store)).toEqual(['1.0.0', '1.2.0']);

  const again = start(store, '1.2.0');
  await again.removeInstance('note', 'A', { force: true });
  await again.cancel('r');
  await again.result('r');
  await again.close();
  await start(store, '2.0.0').close();
  expect(versions(store)).toEqual(['2.0.0']);
});

it('does not wake what a migration has left behind', async () => {
  const store = openSqlite(':memory:');
  const first = start(store, '1.0.0');
  await first.sendEvent('made', { id: 'A' });
  await first.start('f', null, { id: 'r' });
  await first.close();
  store.transaction((tx) => tx.meta.set('versions test', '["2.0.0"]'));
  const next = start(store, '2.0.0');
  await next.idle();
  expect(next.status('r')).toMatchObject({ status: 'waiting' });
  const { handled, errors } = await next.sendEvent('seen', { id: 'A', n: 1 });
  expect(handled).toBe(false);
  expect(errors).toMatchObject([{ code: 'MR3502' }]);
  expect(next.available('note', 'A')).toEqual([]);
  await next.sendEvent('go', {});
  await next.idle();
  expect(next.status('r')).toMatchObject({ status: 'blocked', error: { code: 'MR3501' } });
  await next.close();
});
