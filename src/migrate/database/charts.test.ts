import { beforeAll, expect, it } from 'vitest';
import { ReactiveSystemRuntime } from '../../runtime/index.ts';
import { openSqlite, type Store } from '../../store/index.ts';
import { silentLogger } from '../../tasks/index.ts';
import { SimulatedClock } from '../../testing/index.ts';
import { versionsFrom, withTasks, worldOf, type Version } from '../fixtures/versions.ts';
import type { MigrationStep } from '../step/step.ts';
import { migrateDatabase } from './migrate-database.ts';

const head = (version: string): string => `import { event, machine, system } from 'millrace';
import { z } from 'zod';
export default system('house', { version: '${version}' });
const ev = z.object({ id: z.string() });
`;
const one = `${head('1.0.0')}
export const go = event('go', { payload: ev });
export const off = event('off', { payload: ev });
export const back = event('back', { payload: ev });
export const knock = event('knock', { payload: ev });
/** Works for a room. */
export const lamp = machine('lamp', { key: 'id', context: z.object({ n: z.number().default(0) }), events: { knock } }).states('dark', {
  dark: { on: { knock: 'lit' } }, lit: { on: { knock: 'out' } }, out: { final: true },
});
export const room = machine('room', {
  key: 'id', context: z.object({ n: z.number().default(0) }), events: { go, off, back, knock }, creates: ['go'], machines: { lamp },
}).states('closed', {
  closed: { on: { go: 'used' } },
  used: {
    initial: 'left', after: { '5h': 'closed' }, on: { off: 'paused' },
    states: {
      memory: { history: 'deep' },
      left: { on: { go: 'right' } },
      right: { after: { '1h': 'left' }, run: { machine: 'lamp', onDone: 'left' },
        on: { knock: { send: { event: () => knock({ id: 'x' }), target: '#right.lamp' } } },
        entry: { send: { event: () => knock({ id: 'r2' }), target: 'room/r2', delay: '2h', id: 'call' } } },
    },
  },
  paused: { on: { back: 'memory' } },
});
`;
const two = `${head('2.0.0')}
export const go = event('go', { payload: ev });
export const off = event('off', { payload: ev });
export const back = event('back', { payload: ev });
export const tap = event('tap', { payload: ev });
export const light = machine('light', { key: 'id', context: z.object({ n: z.number() }), events: { tap } }).states('dark', {
  dark: { on: { tap: 'bright' } }, bright: { on: { tap: 'out' } }, out: { final: true },
});
export const hall = machine('hall', {
  key: 'id', context: z.object({ n: z.number() }), events: { go, off, back, tap }, creates: ['go'], machines: { light },
}).states('shut', {
  shut: { on: { go: 'busy' } },
  busy: {
    initial: 'west', after: { '5h': 'shut' }, on: { off: 'paused' },
    states: {
      recall: { history: 'deep' },
      west: { on: { go: 'east' } },
      east: { after: { '1h': 'west' }, run: { machine: 'light', onDone: 'west' },
        on: { tap: { send: { event: () => tap({ id: 'x' }), target: '#east.light' } } } },
    },
  },
  paused: { on: { back: 'recall' } },
});
`;
const three = `${head('3.0.0')}
export const go = event('go', { payload: ev });
export const hall = machine('hall', { key: 'id', context: z.object({ n: z.number() }), events: { go }, creates: ['go'] }).states('shut', {
  shut: { on: { go: 'busy' } },
  busy: { parallel: true, states: {
    door: { initial: 'open', states: { open: {}, ajar: { after: { '3h': 'open' } } } },
    heat: { initial: 'cold', states: { cold: { on: { go: 'warm' } }, warm: {} } },
  } },
});
`;
const first: Omit<MigrationStep, 'kind'> = {
  from: '1.0.0',
  to: '2.0.0',
  instances: {
    room: { machine: 'hall', states: { closed: 'shut', used: 'busy', left: 'west', right: 'east', memory: 'recall' } },
    lamp: { machine: 'light', states: { lit: 'bright' } },
  },
  events: { knock: { event: 'tap' } },
  down: {
    instances: {
      hall: {
        machine: 'room',
        states: { shut: 'closed', busy: 'used', west: 'left', east: 'right', recall: 'memory' },
      },
      light: { machine: 'lamp', states: { bright: 'lit' } },
    },
    events: { tap: { event: 'knock' } },
  },
};
const second: Omit<MigrationStep, 'kind'> = {
  from: '2.0.0',
  to: '3.0.0',
  instances: { hall: { states: { west: ['ajar', 'cold'], east: ['open', 'warm'], paused: null } }, light: {} },
};

let versions: readonly Version[];
beforeAll(async () => {
  versions = await versionsFrom([one, two, three]);
});
const hour = 3_600_000;
const runtimeOf = (store: Store, clock: SimulatedClock, version: number): ReactiveSystemRuntime =>
  new ReactiveSystemRuntime(
    withTasks(versions[version] as Version, () => null),
    { store, clock, logger: silentLogger },
  );
/** Rooms: r1 left, r2 right (with a lamp that works for it), r3 paused in the right, r4 closed. */
async function filled(): Promise<{ readonly store: Store; readonly clock: SimulatedClock; readonly start: number }> {
  const store = openSqlite(':memory:');
  const clock = new SimulatedClock();
  const start = clock.now();
  const runtime = runtimeOf(store, clock, 0);
  for (const id of ['r1', 'r2', 'r3']) await runtime.sendEvent('go', { id });
  for (const id of ['r2', 'r3']) await runtime.sendEvent('go', { id });
  await runtime.sendEvent('off', { id: 'r3' });
  await runtime.create('room', { id: 'r4' });
  await runtime.sendEvent('knock', { id: 'r2' });
  await clock.advance('30m');
  await runtime.close();
  return { store, clock, start };
}
const state = (runtime: ReactiveSystemRuntime, id: string): unknown => runtime.get('hall', id)?.state;
const timers = (store: Store, machine: string, id: string): unknown =>
  store.tables.timers
    .of(`machine ${machine}`, id)
    .map(({ name, due, data }) => [name, due, (JSON.parse(data ?? '') as { target?: string }).target]);

it('what is around states, what they remember, who works for them, and what waits for others goes along', async () => {
  const { store, clock, start } = await filled();
  const report = await migrateDatabase(store, worldOf(versions.slice(0, 2), [first], { now: clock.now() }));
  expect(report.instances).toMatchObject([
    { machine: 'lamp', mapped: 2, left: [] },
    { machine: 'room', mapped: 4, left: [] },
  ]);
  expect(store.tables.instances.machines()).toEqual(['hall', 'light']);
  // The time of the state around goes on, and what is to be sent to another one names it anew.
  expect(timers(store, 'hall', 'r1')).toEqual([['after.busy.0', start + 5 * hour, undefined]]);
  expect(timers(store, 'hall', 'r2')).toEqual([
    ['after.east.0', start + hour, undefined],
    ['call', start + 2 * hour, 'hall/r2'],
    ['after.busy.0', start + 5 * hour, undefined],
  ]);
  const runtime = runtimeOf(store, clock, 1);
  expect(['r1', 'r2', 'r3', 'r4'].map((id) => state(runtime, id))).toEqual([['west'], ['east'], ['paused'], ['shut']]);
  // r3 goes back to where it was before it was paused.
  await runtime.sendEvent('back', { id: 'r3' });
  expect(state(runtime, 'r3')).toEqual(['east']);
  // The lamp of r2 was lit under its old name; it still is r2 that hears of its end.
  await runtime.sendEvent('tap', { id: 'r2' });
  await runtime.idle();
  expect(state(runtime, 'r2')).toEqual(['west']);
  await clock.advance('5h');
  await runtime.idle();
  expect(['r1', 'r2'].map((id) => state(runtime, id))).toEqual([['shut'], ['shut']]);
  await runtime.close();
  store.close();
});

it('and comes back', async () => {
  const { store, clock, start } = await filled();
  await migrateDatabase(store, worldOf(versions.slice(0, 2), [first], { now: clock.now() }));
  const [v1, v2] = versions as [Version, Version];
  await migrateDatabase(store, worldOf([v2, v1], [first], { id: 'm2', now: clock.now() }));
  expect(store.tables.instances.machines()).toEqual(['lamp', 'room']);
  expect(timers(store, 'room', 'r2')).toEqual([
    ['after.right.0', start + hour, undefined],
    ['call', start + 2 * hour, 'room/r2'],
    ['after.used.0', start + 5 * hour, undefined],
  ]);
  const runtime = runtimeOf(store, clock, 0);
  await runtime.sendEvent('knock', { id: 'r2' });
  await runtime.idle();
  expect(runtime.get('room', 'r2')?.state).toEqual(['left']);
  expect(runtime.get('room', 'r2')?.changes).toBeGreaterThan(4);
  await runtime.close();
});

it('two steps at once are what one after the other is; one state becomes two in regions', async () => {
  const both = async (atOnce: boolean) => {
    const { store, clock } = await filled();
    const now = clock.now();
    if (!atOnce) await migrateDatabase(store, worldOf(versions.slice(0, 2), [first], { id: 'm0', now }));
    const report = await migrateDatabase(store, worldOf(versions, [first, second], { now }));
    const rows = store.tables.instances
      .list({})
      .map(({ machine, id, status, snapshot, version }) => ({ machine, id, status, snapshot, version }));
    const waits = ['r1', 'r2', 'r3', 'r4'].map((id) => [
      ...(timers(store, 'hall', id) as unknown[]),
      ...(timers(store, 'room', id) as unknown[]),
    ]);
    return {
      rows: rows.sort((a, b) => (a.id < b.id ? -1 : 1)),
      waits,
      left: report.instances.flatMap(({ left }) => left.map(({ id, reason }) => [id, reason])),
      now,
    };
  };
  const [together, apart] = [await both(true), await both(false)];
  const of = ({ rows }: typeof together, id: string) => rows.find((row) => row.id === id);
  expect(of(together, 'r1')).toEqual(of(apart, 'r1'));
  expect(JSON.parse(of(together, 'r1')?.snapshot ?? '')).toEqual({
    state: ['ajar', 'cold'],
    context: { n: 0 },
    status: 'active',
  });
  // The time of `busy` is gone, that of `ajar` begins.
  expect(together.waits[0]).toEqual([['after.ajar.0', together.now + 3 * hour, undefined]]);
  expect(apart.waits[0]).toEqual(together.waits[0]);
  // A lamp works for r2, and version 3 has no lamps: both stay, as they were.
  const reasons = new Map(together.left as [string, string][]);
  expect(reasons.get('r3')).toMatch(/leads from 'paused' nowhere/);
  expect(reasons.get('r2')).toMatch(/'light' works for it|'lamp' works for it/);
  expect([...reasons.values()].filter((reason) => reason.includes("has no machine 'light'"))).toHaveLength(2);
  expect(of(together, 'r2')).toMatchObject({ machine: 'room', version: '1.0.0' });
  expect(of(apart, 'r2')).toMatchObject({ machine: 'hall', version: '2.0.0' });
});

it('rows that do not say their version are of the first one, or of the one that is said', async () => {
  const { store, clock } = await filled();
  store.transaction((tx) => {
    for (const row of tx.instances.list({})) tx.instances.put({ ...row, version: null });
    tx.meta.set('versions house', '[]');
  });
  const wrong = worldOf(versions.slice(0, 2), [first], { now: clock.now(), from: '0.9.0' });
  await expect(migrateDatabase(store, wrong)).rejects.toMatchObject({ code: 'MR3505' });
  const report = await migrateDatabase(store, worldOf(versions.slice(0, 2), [first], { now: clock.now() }));
  expect(report).toMatchObject({ from: ['1.0.0'], instances: [{ mapped: 2 }, { mapped: 4 }] });
  store.close();
});

it('machines that take names from one another: in a row it goes, in a circle not', async () => {
  const { store, clock } = await filled();
  const text = (version: string) => `${head(version)}
export const go = event('go', { payload: ev });
export const room = machine('room', { key: 'id', context: z.any(), events: { go } }).states('dark', { dark: {}, lit: {}, out: { final: true } });
export const hall = machine('hall', { key: 'id', context: z.any(), events: { go } }).states('closed', {
  closed: {}, used: { initial: 'left', states: { memory: { history: 'deep' }, left: {}, right: {} } }, paused: {} });
`;
  const [v1] = versions as [Version];
  const [v2] = await versionsFrom([text('2.0.0')]);
  const rename = (lamp: string, room: string): Omit<MigrationStep, 'kind'> => ({
    from: '1.0.0',
    to: '2.0.0',
    instances: { lamp: { machine: lamp }, room: { machine: room } },
  });
  await expect(
    migrateDatabase(store, worldOf([v1, v2 as Version], [rename('room', 'lamp')], { now: clock.now() })),
  ).rejects.toMatchObject({ code: 'MR3506' });
  const report = await migrateDatabase(
    store,
    worldOf([v1, v2 as Version], [rename('room', 'hall')], { now: clock.now() }),
  );
  expect(report.instances).toMatchObject([
    { machine: 'lamp', mapped: 2 },
    { machine: 'room', mapped: 3, left: [{ id: 'r2' }] },
  ]);
  expect(
    store.tables.instances
      .list({ machine: 'hall' })
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['r1', 'r3', 'r4']);
  store.close();
});
