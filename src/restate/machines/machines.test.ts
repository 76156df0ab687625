import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NonRetryableError } from '../../tasks/index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { door } from '../../runtime/fixtures/door.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startMachines, type TestMachines } from '../fixtures/machines.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';

const opened = anyEvent('opened');
const closed = anyEvent('closed');
const passed = anyEvent('passed');
const events = [opened, closed, passed];
const echo = anyTask('echo');
const echoing = code(echo, (value: unknown) => {
  if (value === 'bad') throw new NonRetryableError('bad', { code: 'BAD' });
  return value;
});

describe.runIf(restateIsInstalled())('machine instances on Restate', () => {
  let restate: TestRestate;
  beforeAll(async () => {
    restate = await startRestate();
  }, 60_000);
  afterAll(() => restate?.close());
  const open = (parts: Parameters<typeof bind>[0]): Promise<TestMachines> =>
    startMachines(restate, bind({ events, tasks: [echoing], ...parts }));

  const simple = door('door', (snapshot, event) =>
    event.name === 'open' && snapshot.state[0] === 'shut'
      ? { to: 'open' }
      : event.name === 'close' && snapshot.state[0] === 'open'
        ? { to: 'shut' }
        : undefined,
  );

  it('creates by event where allowed, keeps one state a key, and reports what nobody takes', async () => {
    const it = await open({ machines: [simple] });
    expect(await it.sendEvent('closed', { id: 'A' })).toMatchObject({
      handled: false,
      deliveries: [{ to: 'instance', created: false }],
    });
    expect(await it.sendEvent('opened', { id: 'A' })).toMatchObject({
      handled: true,
      deliveries: [{ machine: 'door', instanceId: 'A', created: true, handled: true }],
    });
    expect(await it.sendEvent('opened', { id: 'A' })).toMatchObject({
      handled: false,
      available: ['closed', 'passed'],
    });
    expect(await it.get('door', 'A')).toMatchObject({ state: ['open'], context: { opened: 1 }, status: 'active' });
    expect(await it.get('door', 'B')).toBeUndefined();
    expect((await it.history('door', 'A')).map(({ event, from, to }) => [event, from, to])).toEqual([
      ['open', ['shut'], ['open']],
      ['', null, ['shut']],
    ]);
    expect(await it.available('door', 'A')).toEqual(['closed', 'passed']);
  });

  it('creates by hand, and refuses a second one and a bad context', async () => {
    const it = await open({ machines: [simple] });
    expect(await it.create('door', { id: 'A', context: { opened: 5 } })).toMatchObject({
      id: 'A',
      state: ['shut'],
      context: { opened: 5 },
    });
    await expect(it.create('door', { id: 'A' })).rejects.toMatchObject({ code: 'MR3305' });
    await expect(it.create('door', { id: 'B', context: { opened: 'x' } })).rejects.toMatchObject({ code: 'MR3307' });
    expect(await it.get('door', 'B')).toBeUndefined();
    const unknown = it.ask('door', 'C', 'rollback', {});
    await expect(unknown).rejects.toMatchObject({ code: 'MR3306' });
    await expect(it.create('door', { id: 'two words' })).rejects.toMatchObject({ code: 'MR3218' });
  });

  it('takes events of one key in order, however many are sent at once', async () => {
    const it = await open({ machines: [simple] });
    const sent = await Promise.all(
      Array.from({ length: 50 }, (_, index) => it.sendEvent(index % 2 === 0 ? 'opened' : 'closed', { id: 'A' })),
    );
    const state = await it.get('door', 'A');
    // They arrive in any order; of those that fit none is lost or doubled.
    expect(state?.changes).toBe(1 + sent.filter(({ handled }) => handled).length);
    expect((await it.history('door', 'A')).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: state?.changes ?? 0 }, (_, index) => (state?.changes ?? 0) - index),
    );
  });

  it('runs a flow and a task for a state, and hears of their end once', async () => {
    const machine = door('door', (snapshot, event) => {
      if (event.name === 'open')
        return {
          to: 'open',
          effects: [{ type: 'run', id: 'job', target: { kind: 'flow', name: 'work' }, input: 'flow' }],
        };
      if (event.name === 'done.run.job')
        return {
          to: 'did',
          note: event.payload,
          effects: [{ type: 'run', id: 'next', target: { kind: 'task', name: 'echo' }, input: 'bad' }],
        };
      if (event.name === 'error.run.next') return { to: 'end', note: (event.payload as { code: string }).code };
      return snapshot.state[0] === 'shut' ? undefined : undefined;
    });
    const flow = anyFlow('work', (host, input: string) => host.step('x', () => echo(`${input}!`), at));
    const it = await open({ machines: [machine], flows: [flow] });
    await it.sendEvent('opened', { id: 'A' });
    await expect.poll(async () => (await it.get('door', 'A'))?.state, { timeout: 10_000 }).toEqual(['end']);
    expect(await it.get('door', 'A')).toMatchObject({
      status: 'done',
      context: { note: 'BAD' },
      output: { from: 'error.run.next' },
    });
    expect((await it.history('door', 'A')).map(({ event }) => event)).toEqual([
      'error.run.next',
      'done.run.job',
      'open',
      '',
    ]);
  });

  it('cancels the work of a state that is left, with its undos, and does not hear of it', async () => {
    const done: unknown[] = [];
    const machine = door('door', (_snapshot, event) => {
      if (event.name === 'open')
        return { to: 'open', effects: [{ type: 'run', id: 'job', target: { kind: 'flow', name: 'work' }, input: 1 }] };
      if (event.name === 'close') return { to: 'shut', effects: [{ type: 'stop', id: 'job' }] };
      done.push(event.name);
      return undefined;
    });
    const flow = anyFlow(
      'work',
      async (host) => {
        await host.step('x', () => echo('did'), at);
        host.undo('x', () => echo('undid'), at);
        await host.receive('more', passed, at);
      },
      { waits: [{ event: 'passed', fields: [] }] },
    );
    const noting = code(echo, (value: unknown) => {
      done.push(value);
      return value;
    });
    const it = await open({ machines: [machine], flows: [flow], tasks: [noting] });
    await it.sendEvent('opened', { id: 'A' });
    await expect.poll(() => done, { timeout: 10_000 }).toEqual(['did']);
    await it.sendEvent('closed', { id: 'A' });
    await expect.poll(() => done, { timeout: 10_000 }).toEqual(['did', 'undid']);
    await it.rest();
    expect(done).toEqual(['did', 'undid']);
    expect((await it.history('door', 'A')).map(({ event }) => event)).toEqual(['close', 'open', '']);
  });

  it('does not take the end of work that was begun anew meanwhile, and no end twice', async () => {
    const run = { type: 'run', id: 'job', target: { kind: 'flow', name: 'stays' }, input: 1 } as const;
    const machine = door('door', (_snapshot, event) => {
      if (event.name === 'open') return { to: 'open', effects: [run] };
      if (event.name === 'pass') return { effects: [run] };
      return event.name === 'done.run.job' ? { note: event.payload } : undefined;
    });
    const stays = anyFlow('stays', (host) => host.sleep('s', '300d', at));
    const it = await open({ machines: [machine], flows: [stays] });
    await it.sendEvent('opened', { id: 'A' });
    await it.sendEvent('passed', { id: 'A' });
    const ends = (token: string, output: string): Promise<void> =>
      it.ask('door', 'A', 'ended', { ref: 'job', token, end: { ok: true, output } });
    await ends('door:A:2.0', 'late');
    expect((await it.get('door', 'A'))?.changes).toBe(3);
    await ends('door:A:3.0', 'first');
    await ends('door:A:3.0', 'second');
    expect(await it.get('door', 'A')).toMatchObject({ changes: 4, context: { note: 'first' } });
  });

  it('rings a timer once, not before its time, and not at all when it was taken back', async () => {
    const machine = door('door', (_snapshot, event) => {
      if (event.name === 'open')
        return {
          to: 'open',
          effects: [
            { type: 'schedule', id: 'a', delay: 300, event: { name: 'after.open.0' } },
            { type: 'schedule', id: 'b', delay: 300, event: { name: 'after.open.1' } },
            { type: 'schedule', id: 'c', delay: 200, event: { name: 'after.open.2' } },
          ],
        };
      if (event.name === 'pass') return { effects: [{ type: 'unschedule', id: 'c' }] };
      return event.name.startsWith('after') ? {} : undefined;
    });
    const it = await open({ machines: [machine] });
    await it.sendEvent('opened', { id: 'A' });
    await it.sendEvent('passed', { id: 'A' });
    await expect.poll(async () => (await it.history('door', 'A')).length, { timeout: 10_000 }).toBe(5);
    const [last, first, , set] = await it.history('door', 'A');
    expect([first?.event, last?.event]).toEqual(['after.open.0', 'after.open.1']);
    expect((first?.time ?? 0) - (set?.time ?? 0)).toBeGreaterThanOrEqual(300);
    await restate.until(
      `SELECT id FROM sys_invocation WHERE target_service_name LIKE '${it.system.names.system}.%' AND status <> 'completed'`,
      (rows) => rows.length === 0,
    );
    expect((await it.get('door', 'A'))?.changes).toBe(5);
  });

  it('emits, starts what outlives it, and tells the history what could not be done', async () => {
    const machine = door('door', (_snapshot, event) => {
      if (event.name === 'open')
        return {
          to: 'open',
          effects: [
            { type: 'emit', event: 'passed', payload: { id: 'B' } },
            { type: 'emit', event: 'nothing', payload: {} },
            { type: 'start', flow: 'free', input: 'x' },
          ],
        };
      return undefined;
    });
    const counter = door('counter', () => undefined);
    const ran: unknown[] = [];
    const noting = code(echo, (value: unknown) => {
      ran.push(value);
      return value;
    });
    const flow = anyFlow('free', (host, input: string) => host.step('x', () => echo(input), at));
    const taking = {
      ...counter,
      module: {
        ...counter.module,
        creates: ['pass'],
        send: (snapshot: never) => ({ snapshot, handled: true, effects: [], errors: [] }),
      },
    };
    const it = await open({ machines: [machine, taking as never], flows: [flow], tasks: [noting] });
    await it.sendEvent('opened', { id: 'A' });
    await expect.poll(() => ran, { timeout: 10_000 }).toEqual(['x']);
    await expect.poll(async () => (await it.get('counter', 'B'))?.changes, { timeout: 10_000 }).toBe(2);
    expect((await it.history('door', 'A'))[0]?.errors).toEqual([
      { message: "There is no event 'nothing'.", at: 'emit' },
    ]);
  });
});
