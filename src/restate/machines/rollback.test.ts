import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/index.ts';
import { anyEvent, anyFlow, bind } from '../../runtime/fixtures/bind.ts';
import { noting, sketched } from '../../runtime/fixtures/sketched.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startMachines, type TestMachines } from '../fixtures/machines.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';

const doc = sketched('doc', {
  events: ['made', 'edit', 'publish', 'retract', 'next', 'back'],
  creates: ['made'],
  initial: 'draft',
  states: {
    draft: {
      initial: 'first',
      on: { made: {}, edit: { actions: [noting('event.text')] }, publish: 'public' },
      after: { '100s': 'stale' },
      states: {
        first: { on: { next: 'second' } },
        second: { on: { next: 'first' } },
        was: { type: 'history', history: 'shallow', initial: 'first' },
      },
    },
    public: {
      on: { retract: 'gone', back: 'was' },
      run: [{ id: 'job', target: { kind: 'flow', name: 'stays' } }],
    },
    stale: { on: { back: 'was' } },
    gone: { type: 'final', output: '() => 1' },
  },
});

describe.runIf(restateIsInstalled())('instances on Restate go back', () => {
  let restate: TestRestate;
  beforeAll(async () => {
    restate = await startRestate();
  }, 60_000);
  afterAll(() => restate?.close());
  const stays = anyFlow('stays', (host) => host.sleep('s', '300d', { at: '1:1' }));
  const open = async (
    factor = 1,
    history: object = {},
  ): Promise<TestMachines & { send(event: string, more?: object): Promise<unknown> }> => {
    const events = ['made', 'edit', 'publish', 'retract', 'next', 'back'].map((name) => anyEvent(name));
    const system = { ...bind({ machines: [doc], events, flows: [stays] }), retention: { history } };
    const on = await startMachines(restate, system, { clock: systemClock({ factor }) });
    return { ...on, send: (event, more = {}) => on.sendEvent(event, { id: 'A', ...more }) };
  };

  it('one event, or to an entry, with state, context and what history states remember', async () => {
    const on = await open();
    await on.send('made');
    await on.send('edit', { text: 'a' });
    await on.send('next');
    await on.send('edit', { text: 'b' });
    await on.send('publish');
    const [{ id: first } = {}] = await working(on);
    expect(await on.rollback('doc', 'A')).toEqual({ machine: 'doc', id: 'A', sequence: 7, to: 5, state: ['second'] });
    expect(await on.get('doc', 'A')).toMatchObject({ context: { seen: ['a', 'b'] } });
    await expect.poll(() => working(on), { timeout: 10_000 }).toEqual([]);
    // Again: one event further back, not to and fro.
    expect(await on.rollback('doc', 'A')).toMatchObject({ to: 4 });
    expect(await on.get('doc', 'A')).toMatchObject({ context: { seen: ['a'] } });
    expect(await on.rollback('doc', 'A', { to: 6 })).toMatchObject({ sequence: 9, state: ['public'] });
    const [{ id: second } = {}] = await working(on);
    expect(second).not.toBe(first);
    expect(await on.send('back')).toMatchObject({ handled: true });
    expect(await on.get('doc', 'A')).toMatchObject({ state: ['second'] });
    expect(
      (await on.history('doc', 'A')).map(({ kind, event, from, to, payload }) => [kind, event, from, to, payload]),
    ).toEqual(
      expect.arrayContaining([
        ['rollback', 'rollback', ['public'], ['second'], { to: 5 }],
        ['rollback', 'rollback', ['second'], ['public'], { to: 6 }],
        ['event', 'publish', ['second'], ['public'], { id: 'A' }],
      ]),
    );
  });

  /** The runs that work for instances. */
  const working = (on: TestMachines): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    restate.sql(
      `SELECT id FROM sys_invocation WHERE target_service_name = '${on.system.names.flow('stays')}' AND status <> 'completed'`,
    );

  it('with the time that timers had left, and takes back those of now', async () => {
    const on = await open(100);
    await on.send('made');
    await on.send('publish');
    await on.rollback('doc', 'A');
    const left = async (): Promise<unknown> => (await on.get('doc', 'A'))?.state;
    expect(await left()).toEqual(['first']);
    await expect.poll(left, { timeout: 10_000, interval: 20 }).toEqual(['stale']);
    const [rang, back, , made] = await on.history('doc', 'A');
    const [created] = await on.history('doc', 'A', { before: 2 });
    expect([rang?.event, back?.event, made?.event]).toEqual(['after.draft.0', 'rollback', 'made']);
    // The timer was set when the instance was created, and had so much left when it took the event.
    const had = 100_000 - ((made?.time ?? 0) - (created?.time ?? 0));
    expect((rang?.time ?? 0) - (back?.time ?? 0)).toBeGreaterThanOrEqual(had);
    expect((await on.history('doc', 'A')).length).toBe(5);
  });

  it('from an end only when it is told to', async () => {
    const on = await open();
    for (const event of ['made', 'publish', 'retract']) await on.send(event);
    expect(await on.get('doc', 'A')).toMatchObject({ status: 'done', output: 1 });
    await expect(on.rollback('doc', 'A')).rejects.toMatchObject({ code: 'MR3351' });
    await on.rollback('doc', 'A', { fromFinal: true });
    expect(await on.get('doc', 'A')).toMatchObject({ status: 'active', state: ['public'] });
    expect(await on.get('doc', 'A')).not.toHaveProperty('output');
    expect(await on.send('retract')).toMatchObject({ handled: true });
    await on.rollback('doc', 'A', { to: 4, fromFinal: true });
    expect(await on.get('doc', 'A')).toMatchObject({ status: 'done', output: 1 });
  });

  it('no further than the history is kept, and says so', async () => {
    const on = await open(1, { keep: 3 });
    await expect(on.rollback('doc', 'A')).rejects.toMatchObject({ code: 'MR3306' });
    await on.send('made');
    await expect(on.rollback('doc', 'A', { to: 7 })).rejects.toMatchObject({ code: 'MR3353' });
    await on.rollback('doc', 'A');
    await expect(on.rollback('doc', 'A')).rejects.toMatchObject({ code: 'MR3352' });
    for (const text of ['a', 'b', 'c']) await on.send('edit', { text });
    expect((await on.history('doc', 'A')).map(({ sequence }) => sequence)).toEqual([6, 5, 4]);
    expect((await on.history('doc', 'A', { tail: 1, before: 6 })).map(({ sequence }) => sequence)).toEqual([5]);
    expect(await on.get('doc', 'A')).toMatchObject({ changes: 6, historySize: 3, lastTransition: { sequence: 6 } });
    await expect(on.rollback('doc', 'A', { to: 3 })).rejects.toThrow(/keeps the entries 4 to 6; older ones/);
    const keys = await restate.sql(
      `SELECT key FROM state WHERE service_name = '${on.system.names.machine('doc')}' AND service_key = 'A' AND key LIKE 'entry%'`,
    );
    expect(keys).toHaveLength(3);
  });

  it('what is too old goes with the next events', async () => {
    const on = await open(1000, { maxAge: '1m' });
    await on.send('made');
    await on.send('publish');
    await new Promise((done) => setTimeout(done, 80));
    await on.send('retract');
    expect((await on.history('doc', 'A')).map(({ event }) => event)).toEqual(['retract']);
  });
});
