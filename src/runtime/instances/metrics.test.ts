import { afterEach, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { SimulatedClock } from 'millrace/testing';
import type { ReactiveSystemRuntime } from '../index.ts';
import { openSketched, sketched } from '../fixtures/sketched.ts';

const lamp = sketched('lamp', {
  events: ['made', 'flip', 'fail', 'end'],
  creates: ['made'],
  initial: 'lamp1',
  states: {
    lamp1: {
      type: 'parallel',
      on: { made: {}, fail: { actions: [['assign', '() => { throw new Error("no") }']] }, end: 'over' },
      states: {
        light: { states: { off: { on: { flip: 'on' } }, on: { on: { flip: 'off' } } } },
        fan: { states: { still: {} } },
      },
    },
    over: { type: 'final' },
  },
});

let runtime: ReactiveSystemRuntime;
afterEach(() => runtime.close());

it('tells how long steps and states take and what fails, of a machine and of an instance, also after a restart', async () => {
  const clock = new SimulatedClock();
  const store = openSqlite(':memory:');
  let time = 0;
  let step = 1;
  const options = { clock, store, db: undefined, stopwatch: () => (time += step) };
  runtime = openSketched([lamp], {}, options);
  const send = (event: string, id = 'A') => runtime.sendEvent(event, { id });
  await send('made');
  await clock.advance('10s');
  await send('flip');
  await clock.advance('30s');
  step = 100;
  await send('flip');
  await clock.advance('20s');
  await send('fail');
  await send('end');
  await clock.advance('1h');
  step = 1;
  await send('made', 'B');
  await clock.advance('5s');
  runtime.abandon();
  store.transaction((tx) => tx.owner.release());
  runtime = openSketched([lamp], {}, options);

  const one = runtime.metrics('lamp', { id: 'A' });
  expect(one).toMatchObject({
    machine: 'lamp',
    instance: 'A',
    instances: { active: 0, done: 1, stopped: 0 },
    entries: 6,
    shortened: 0,
    errors: 1,
    errorRate: 1 / 6,
    transitions: { count: 6, total: 303, mean: 50.5, max: 100 },
    totalDuration: { count: 1, total: 60_000 },
  });
  expect(one.transitions.p50).toBeCloseTo(1, 1);
  expect(one.transitions.p99).toBe(100);
  expect(one.timeInState).toMatchObject({
    off: { count: 2, total: 30_000, max: 20_000 },
    on: { count: 1, total: 30_000 },
    still: { count: 1, total: 60_000 },
    over: { count: 1, total: 0 },
  });
  const all = runtime.metrics('lamp');
  expect(all).toMatchObject({
    instances: { active: 1, done: 1, stopped: 0 },
    entries: 8,
    totalDuration: { count: 2, total: 65_000, max: 60_000 },
    timeInState: { off: { count: 3, total: 35_000 }, still: { count: 2, total: 65_000 } },
  });
  expect(all).toEqual(runtime.reader.metrics('lamp'));
  expect(() => runtime.metrics('nothing')).toThrow(expect.objectContaining({ code: 'MR3304' }));
});

it('is right to 5 % for many, and counts those whose history was shortened', async () => {
  let time = 0;
  let count = 0;
  runtime = openSketched(
    [lamp],
    {},
    { history: { keep: 500 }, stopwatch: () => (time += count++ % 2 === 0 ? 0 : count / 100) },
  );
  await runtime.sendEvent('made', { id: 'A' });
  await Promise.all(Array.from({ length: 900 }, () => runtime.sendEvent('flip', { id: 'A' })));
  const { transitions, entries, shortened } = runtime.metrics('lamp');
  const durations = runtime
    .history('lamp', 'A')
    .map(({ duration = 0 }) => duration)
    .sort((a, b) => a - b);
  expect([entries, shortened]).toEqual([500, 1]);
  for (const [share, given] of [
    [0.5, transitions.p50],
    [0.99, transitions.p99],
  ] as const) {
    const exact = durations[Math.ceil(share * 500) - 1] ?? 0;
    expect(given).toBeGreaterThanOrEqual(exact);
    expect(given).toBeLessThanOrEqual(exact * 1.05);
  }
});
