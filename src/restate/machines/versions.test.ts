import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/index.ts';
import { anyEvent, anyTask, bind, code } from '../../runtime/fixtures/bind.ts';
import { noting, sketched } from '../../runtime/fixtures/sketched.ts';
import { silentLogger, type BoundMachine, type Logger } from '../../tasks/index.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startMachines, type TestMachines } from '../fixtures/machines.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';

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

describe.runIf(restateIsInstalled())('instances on Restate meet another version of their machine', () => {
  let restate: TestRestate;
  beforeAll(async () => {
    restate = await startRestate();
  }, 60_000);
  afterAll(() => restate?.close());

  const work = anyTask('work');
  let finish = Promise.withResolvers<string>();
  const clock = systemClock({ factor: 3000 });
  const logged: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (message, facts) => void logged.push(`${String((facts as { code?: unknown }).code)} ${message}`),
  };
  /** A deployment of its own: what comes from now on goes to it. */
  const deploy = (name: string, machine: BoundMachine, version = '1.0.0'): Promise<TestMachines> => {
    const events = sketch.events.map((event) => anyEvent(event));
    const system = bind({ machines: [machine], events, tasks: [code(work, () => finish.promise)] });
    return startMachines(restate, { ...system, version }, { clock, logger }, name);
  };
  const patient = { timeout: 15_000, interval: 30 };

  it('keeps one whose state has gone, with all that was meant for it, and lets the others work', async () => {
    finish = Promise.withResolvers();
    let on = await deploy('gone', old);
    for (const id of ['A', 'B', 'C']) await on.sendEvent('made', { id });
    for (const id of ['A', 'C']) await on.sendEvent('pack', { id });

    on = await deploy('gone', without);
    expect(await on.sendEvent('note', { id: 'A', n: 1 })).toMatchObject({
      handled: false,
      errors: [{ code: 'MR3350', details: { machine: 'order', id: 'A', states: ['packing'] } }],
    });
    expect(await on.sendEvent('note', { id: 'B', n: 2 })).toMatchObject({ handled: true });
    // It goes out of this state by hand.
    await on.rollback('order', 'C');
    expect(await on.sendEvent('note', { id: 'C', n: 3 })).toMatchObject({ handled: true });
    finish.resolve('packed');
    const parked = async (): Promise<unknown> => {
      const [row] = await restate.sql(
        `SELECT value_utf8 FROM state WHERE service_name = '${on.system.names.machine('order')}' AND service_key = 'A' AND key = 'instance'`,
      );
      const { parked: all = [] } = JSON.parse(String(row?.['value_utf8'])) as {
        parked?: readonly { event: { name: string } }[];
      };
      return all.map(({ event }) => event.name);
    };
    // Both its work has ended, and its timer has rung: 1.2 s.
    await expect.poll(parked, patient).toEqual(['done.run.job', 'after.packing.0']);
    expect(await on.get('order', 'A')).toMatchObject({ state: ['packing'], status: 'active', changes: 3 });
    expect([await on.available('order', 'A'), await on.available('order', 'B')]).toEqual([
      [],
      ['made', 'pack', 'note'],
    ]);
    expect(await on.get('order', 'C')).toMatchObject({ context: { seen: [3] } });
    expect(logged).toContainEqual(expect.stringMatching(/^MR3350 /));

    // It takes what waited by itself.
    on = await deploy('gone', again);
    await expect
      .poll(() => on.get('order', 'A'), patient)
      .toMatchObject({ state: ['closed'], context: { seen: ['packed', 'time'] } });
    expect(await on.sendEvent('note', { id: 'A', n: 4 })).toMatchObject({ handled: true });
    expect(await parked()).toEqual([]);
    await restate.until(
      `SELECT id FROM sys_invocation WHERE target_service_name = '${on.system.names.machine('order')}' AND status = 'scheduled'`,
      (rows) => rows.length === 0,
    );
  });

  it('does not go back to a state that has gone', async () => {
    finish = Promise.withResolvers();
    let on = await deploy('back', old);
    for (const event of ['made', 'pack']) await on.sendEvent(event, { id: 'A' });
    await expect.poll(() => on.get('order', 'A'), patient).toMatchObject({ state: ['closed'] });
    on = await deploy('back', without);
    await expect(on.rollback('order', 'A', { to: 3 })).rejects.toMatchObject({ code: 'MR3350' });
    expect(await on.get('order', 'A')).toMatchObject({ state: ['closed'], changes: 4 });
  });

  it('refuses what comes to data of a breaking version, and keeps what is internal', async () => {
    finish = Promise.withResolvers();
    let on = await deploy('broken', old);
    for (const event of ['made', 'pack']) await on.sendEvent(event, { id: 'A' });
    on = await deploy('broken', again, '2.0.0');
    expect(await on.sendEvent('note', { id: 'A', n: 1 })).toMatchObject({
      handled: false,
      errors: [{ code: 'MR3502', details: { version: '1.0.0' } }],
    });
    finish.resolve('packed');
    await new Promise((done) => setTimeout(done, 1500));
    expect(await on.get('order', 'A')).toMatchObject({ state: ['packing'], changes: 3 });
    on = await deploy('broken', again, '1.2.0');
    await expect
      .poll(() => on.get('order', 'A'), patient)
      .toMatchObject({ state: ['closed'], context: { seen: ['packed', 'time'] } });
  });
});
