import { afterEach, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { SimulatedClock } from 'millrace/testing';
import type { ReactiveSystemRuntime } from '../index.ts';
import { anyFlow } from '../fixtures/bind.ts';
import { noting, openSketched, seen, sketched } from '../fixtures/sketched.ts';

let runtime: ReactiveSystemRuntime;
afterEach(() => runtime.close());

const outer = sketched('outer', {
  events: ['made', 'end'],
  creates: ['made'],
  initial: 'on',
  states: {
    on: {
      entry: [['start', 'f', '() => 1']],
      after: { '1h': 'over' },
      run: [
        {
          id: 'kid',
          target: { kind: 'machine', name: 'kid' },
          onError: { actions: [['assign', '({ context, error }) => ({ seen: [...context.seen, error.message] })']] },
        },
      ],
      on: { made: { actions: [noting(`'made'`)] }, end: 'over' },
    },
    over: { type: 'final' },
  },
});
const kid = sketched('kid', { initial: 'on', states: { on: {} } });

it('removes what has ended, and what has not only when told to; the key is free then', async () => {
  const store = openSqlite(':memory:');
  const flow = anyFlow('f', (_host, input) => Promise.resolve(input));
  runtime = openSketched([outer, kid], { flows: [flow] }, { store, db: undefined, clock: new SimulatedClock() });
  await expect(runtime.removeInstance('outer', 'A')).rejects.toMatchObject({ code: 'MR3306' });
  await runtime.sendEvent('made', { id: 'A' });
  await expect(runtime.removeInstance('outer', 'A')).rejects.toMatchObject({ code: 'MR3360' });
  expect(runtime.get('outer', 'A')).toBeDefined();
  await runtime.removeInstance('outer', 'A', { force: true });
  expect(runtime.get('outer', 'A')).toBeUndefined();
  expect(runtime.history('outer', 'A')).toEqual([]);
  expect(store.tables.timers.count()).toBe(0);
  expect(runtime.instances({ status: 'active' })).toEqual([]);
  for (let life = 2; life < 4; life++) {
    expect(await runtime.sendEvent('made', { id: 'A' })).toMatchObject({ deliveries: [{ created: true }] });
    expect(seen(runtime, 'outer', 'A')).toEqual(['made']);
    expect(runtime.instances({ machine: 'kid', status: 'active' })).toHaveLength(1);
    await runtime.sendEvent('end', { id: 'A' });
    await runtime.removeInstance('outer', 'A');
  }
  await runtime.idle();
  expect(
    runtime
      .list()
      .map(({ id, status }) => [id, status])
      .sort(),
  ).toEqual([
    ['outer:A:1.0', 'completed'],
    ['outer:A:1.0~2', 'completed'],
    ['outer:A:1.0~3', 'completed'],
  ]);
});

it('tells the instance that it worked for', async () => {
  runtime = openSketched([outer, kid], { flows: [anyFlow('f', () => Promise.resolve(1))] });
  await runtime.sendEvent('made', { id: 'A' });
  const [child] = runtime.instances({ machine: 'kid' });
  await runtime.removeInstance('kid', child?.id ?? '', { force: true });
  expect(seen(runtime, 'outer', 'A')).toEqual(['made', `Instance '${child?.id}' of machine 'kid' was removed.`]);
});
