import { afterEach, expect, it } from 'vitest';
import { openSqlite, type Store } from 'millrace/store';
import { silentLogger, type Logger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import type { ReactiveSystemRuntime } from '../index.ts';
import { anyFlow, anyTask, at, code } from '../fixtures/bind.ts';
import { noting, openSketched, seen, sketched } from '../fixtures/sketched.ts';

const rest = (to: string) => ({
  open: { on: { made: {}, pack: to, note: { actions: [noting('event.n')] } } },
  closed: { on: { note: { actions: [noting('event.n')] } } },
});
const sketch = { events: ['made', 'pack', 'note'], creates: ['made'], initial: 'open' };
const packing = {
  after: {
    '1h': { target: 'closed', actions: [['assign', '({ context }) => ({ seen: [...context.seen, "time"] })']] },
  },
  run: [
    {
      id: 'job',
      target: { kind: 'task', name: 'work' },
      onDone: { actions: [['assign', '({ context, output }) => ({ seen: [...context.seen, output] })']] },
    },
  ],
} as const;
const old = sketched('order', { ...sketch, states: { ...rest('packing'), packing } }, 'v1');
const without = sketched('order', { ...sketch, states: rest('closed') }, 'v2');
const again = sketched('order', { ...sketch, states: { ...rest('packing'), packing, more: {} } }, 'v3');

let runtime: ReactiveSystemRuntime;
const logged: string[] = [];
const logger: Logger = {
  ...silentLogger,
  error: (message, facts) => void logged.push(`${String((facts as { code?: unknown }).code)} ${message}`),
};
afterEach(() => runtime.close());

const work = anyTask('work');
let finish = Promise.withResolvers<string>();
const start = async (store: Store, clock: SimulatedClock, machine: typeof old): Promise<void> => {
  if (store.tables.owner.get() !== undefined) {
    runtime.abandon();
    store.transaction((tx) => tx.owner.release());
  }
  logged.length = 0;
  finish = Promise.withResolvers();
  const parts = {
    tasks: [code(work, () => finish.promise)],
    flows: [anyFlow('f', (host) => host.step('x', () => work(1), at))],
  };
  runtime = openSketched([machine], parts, { store, db: undefined, clock, logger, drainMs: 0 });
  await new Promise((resolve) => setTimeout(resolve, 10));
};

it('keeps an instance whose state has gone, with all that was meant for it, and lets the others work', async () => {
  const store = openSqlite(':memory:');
  const clock = new SimulatedClock();
  await start(store, clock, old);
  for (const id of ['A', 'B', 'C']) await runtime.sendEvent('made', { id });
  for (const id of ['A', 'C']) await runtime.sendEvent('pack', { id });

  await start(store, clock, without);
  expect(logged).toEqual([expect.stringMatching(/^MR3350 2 instances of machine 'order' stand in 'packing'/)]);
  expect(await runtime.sendEvent('note', { id: 'A', n: 1 })).toMatchObject({
    handled: false,
    errors: [{ code: 'MR3350', details: { machine: 'order', id: 'A', states: ['packing'] } }],
  });
  expect(await runtime.sendEvent('note', { id: 'B', n: 2 })).toMatchObject({ handled: true });
  finish.resolve('packed');
  await expect.poll(() => runtime.list({ status: ['completed'] })).toHaveLength(2);
  await clock.advance('2h');
  expect(runtime.get('order', 'A')).toMatchObject({ state: ['packing'], status: 'active', changes: 3 });
  expect([runtime.available('order', 'A'), runtime.available('order', 'B')]).toEqual([[], ['made', 'pack', 'note']]);
  // It goes out of this state by hand.
  await runtime.rollback('order', 'C');
  expect(await runtime.sendEvent('note', { id: 'C', n: 3 })).toMatchObject({ handled: true });
  await clock.advance('9h');
  expect(seen(runtime, 'order', 'C')).toEqual([3]);

  await start(store, clock, again);
  expect(logged).toEqual([]);
  await clock.advance('1ms');
  await runtime.idle();
  expect(runtime.get('order', 'A')).toMatchObject({ state: ['closed'], context: { seen: ['packed', 'time'] } });
  expect(store.tables.timers.count()).toBe(0);
  expect(await runtime.sendEvent('note', { id: 'A', n: 4 })).toMatchObject({ handled: true });
});

it('does the same while the machine is not there at all', async () => {
  const store = openSqlite(':memory:');
  const clock = new SimulatedClock();
  await start(store, clock, old);
  await runtime.sendEvent('made', { id: 'A' });
  await runtime.sendEvent('pack', { id: 'A' });
  const other = sketched('other', { initial: 'on', states: { on: {} } });
  await start(store, clock, other);
  await clock.advance('2h');
  expect(runtime.get('order', 'A')).toMatchObject({ state: ['packing'] });
  await start(store, clock, old);
  await clock.advance('1ms');
  expect(runtime.get('order', 'A')).toMatchObject({ state: ['closed'], context: { seen: ['time'] } });
});

it('does not go back to a state that has gone', async () => {
  const store = openSqlite(':memory:');
  const clock = new SimulatedClock();
  await start(store, clock, old);
  for (const event of ['made', 'pack']) await runtime.sendEvent(event, { id: 'A' });
  await clock.advance('2h');
  await start(store, clock, without);
  await expect(runtime.rollback('order', 'A', { to: 3 })).rejects.toMatchObject({ code: 'MR3350' });
  expect(runtime.get('order', 'A')).toMatchObject({ state: ['closed'], changes: 4 });
});
