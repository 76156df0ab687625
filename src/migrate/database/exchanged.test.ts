import { expect, it } from 'vitest';
import { ReactiveSystemRuntime } from '../../runtime/index.ts';
import { openSqlite } from '../../store/index.ts';
import { silentLogger } from '../../tasks/index.ts';
import { SimulatedClock } from '../../testing/index.ts';
import { versionsFrom, withTasks, worldOf, type Version } from '../fixtures/versions.ts';
import { migrateDatabase } from './migrate-database.ts';

/** Two regions, in each of which a state works. */
const text = (
  version: string,
  left: string,
  right: string,
  id: string,
): string => `import { event, flow, machine, system } from 'millrace';
import { z } from 'zod';
export default system('house', { version: '${version}' });
export const go = event('go', { payload: z.object({ id: z.string() }) });
export const wake = event('wake', { payload: z.object({ who: z.string() }) });
export const job = flow('job', { input: z.object({ who: z.string() }) }, (f) =>
  f.waitFor('woken', wake, { match: { who: ({ input }) => input.who } }));
export const room = machine('room', { key: 'id', context: z.object({}), events: { go }, creates: ['go'], flows: { job } }).states('both', {
  both: { parallel: true, states: {
    one: { initial: '${left}', states: { ${left}: { run: { flow: 'job', ${id} input: () => ({ who: 'left' }), onDone: 'first' } }, first: {} } },
    two: { initial: '${right}', states: { ${right}: { run: { flow: 'job', input: () => ({ who: 'right' }), onDone: 'second' } }, second: {} } },
  } },
});
`;

it.each([
  ['exchange their names', ['b', 'a'], { a: 'b', b: 'a' }, ''],
  ['take the next one', ['b', 'c'], { a: 'b', b: 'c' }, ''],
  ['are called otherwise than the written id of their work', ['c', 'b'], { a: 'c' }, 'a.mine'],
] as const)('states that %s keep their own work', async (_, [left, right], states, id) => {
  const written = id === '' ? '' : `id: '${id}',`;
  const versions = await versionsFrom([text('1.0.0', 'a', 'b', written), text('2.0.0', left, right, written)]);
  const store = openSqlite(':memory:');
  const options = { store, clock: new SimulatedClock(), logger: silentLogger };
  const runtimeOf = (version: number): ReactiveSystemRuntime =>
    new ReactiveSystemRuntime(
      withTasks(versions[version] as Version, () => null),
      options,
    );
  const old = runtimeOf(0);
  await old.sendEvent('go', { id: 'x' });
  await old.idle();
  await old.close();
  const step = { from: '1.0.0', to: '2.0.0', instances: { room: { states } } };
  await migrateDatabase(store, worldOf(versions, [step], { now: options.clock.now() }));
  const refs = store.tables.runs
    .list({})
    .map(({ input, ref }) => [(JSON.parse(input ?? '') as { who: string }).who, ref]);
  expect(Object.fromEntries(refs)).toEqual({ left: id === '' ? `${left}.job` : id, right: `${right}.job` });
  const runtime = runtimeOf(1);
  await runtime.sendEvent('wake', { who: 'left' });
  await runtime.idle();
  expect(runtime.get('room', 'x')?.state).toEqual(['first', right]);
  await runtime.close();
  store.close();
});
