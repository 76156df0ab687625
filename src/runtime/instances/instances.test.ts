import { afterEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from 'millrace/testing';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { openSqlite } from 'millrace/store';
import { ReactiveSystemRuntime, type RuntimeEvent } from '../index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';
import { door } from '../fixtures/door.ts';

const opened = anyEvent('opened');
const closed = anyEvent('closed');
const passed = anyEvent('passed');
const events = [opened, closed, passed];
const echo = anyTask('echo');
const echoing = code(echo, (value: unknown) => {
  if (value === 'bad') throw new NonRetryableError('bad', { code: 'BAD' });
  return value;
});

let runtime: ReactiveSystemRuntime;
const open = (parts: Parameters<typeof bind>[0], more: object = {}) =>
  (runtime = new ReactiveSystemRuntime(bind({ events, tasks: [echoing], ...parts }), {
    db: ':memory:',
    logger: silentLogger,
    ...more,
  }));
afterEach(() => runtime.close());

describe('machine instances', () => {
  const simple = door('door', (snapshot, event) =>
    event.name === 'open' && snapshot.state[0] === 'shut'
      ? { to: 'open' }
      : event.name === 'close' && snapshot.state[0] === 'open'
        ? { to: 'shut' }
        : undefined,
  );

  it('creates by event where allowed, keeps one state a key, and reports what nobody takes', async () => {
    open({ machines: [simple] });
    expect(await runtime.sendEvent('closed', { id: 'A' })).toMatchObject({
      handled: false,
      deliveries: [{ to: 'instance', created: false }],
    });
    expect(await runtime.sendEvent('opened', { id: 'A' })).toMatchObject({
      handled: true,
      deliveries: [{ machine: 'door', instanceId: 'A', created: true, handled: true }],
    });
    expect(await runtime.sendEvent('opened', { id: 'A' })).toMatchObject({
      handled: false,
      available: ['closed', 'passed'],
    });
    expect(runtime.get('door', 'A')).toMatchObject({ state: ['open'], context: { opened: 1 }, status: 'active' });
    expect(runtime.get('door', 'B')).toBeUndefined();
    expect(runtime.history('door', 'A').map(({ event, from, to }) => [event, from, to])).toEqual([
      ['open', ['shut'], ['open']],
      ['', null, ['shut']],
    ]);
    expect(runtime.available('door', 'A')).toEqual(['closed', 'passed']);
  });

  it('creates by hand, and refuses a second one and a bad context', async () => {
    open({ machines: [simple] });
    expect(await runtime.create('door', { id: 'A', context: { opened: 5 } })).toMatchObject({
      id: 'A',
      state: ['shut'],
      context: { opened: 5 },
    });
    await expect(runtime.create('door', { id: 'A' })).rejects.toMatchObject({ code: 'MR3305' });
    await expect(runtime.create('door', { id: 'B', context: { opened: 'x' } })).rejects.toMatchObject({
      code: 'MR3307',
    });
    await expect(runtime.create('gate', { id: 'B' })).rejects.toMatchObject({ code: 'MR3304' });
    expect(runtime.instances()).toHaveLength(1);
  });

  it('takes events of one key in order, however many are sent at once', async () => {
    open({ machines: [simple] });
    const sent = await Promise.all(
      Array.from({ length: 50 }, (_, index) => runtime.sendEvent(index % 2 === 0 ? 'opened' : 'closed', { id: 'A' })),
    );
    expect(sent.every(({ handled }) => handled)).toBe(true);
    expect(runtime.get('door', 'A')).toMatchObject({ state: ['shut'], context: { opened: 25 }, changes: 51 });
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
    open({ machines: [machine], flows: [flow] });
    await runtime.sendEvent('opened', { id: 'A' });
    await runtime.idle();
    expect(runtime.get('door', 'A')).toMatchObject({
      state: ['end'],
      status: 'done',
      context: { note: 'BAD' },
      output: { from: 'error.run.next' },
    });
    expect(runtime.history('door', 'A').map(({ event }) => event)).toEqual([
      'error.run.next',
      'done.run.job',
      'open',
      '',
    ]);
    expect(runtime.list().map(({ id, status }) => [id, status])).toEqual([
      ['door:A:3.0', 'failed'],
      ['door:A:2.0', 'completed'],
    ]);
  });

  it('cancels the work of a state that is left, with its undos, and does not hear of it', async () => {
    const seen: string[] = [];
    const machine = door('door', (_snapshot, event) => {
      if (event.name === 'open')
        return { to: 'open', effects: [{ type: 'run', id: 'job', target: { kind: 'flow', name: 'work' }, input: 1 }] };
      if (event.name === 'close') return { to: 'shut', effects: [{ type: 'stop', id: 'job' }] };
      seen.push(event.name);
      return undefined;
    });
    const flow = anyFlow('work', async (host) => {
      await host.step('x', () => echo('did'), at);
      host.undo('x', () => echo('undid'), at);
      await host.receive('more', passed, at);
    });
    open({ machines: [machine], flows: [flow] });
    await runtime.sendEvent('opened', { id: 'A' });
    await runtime.idle();
    await runtime.sendEvent('closed', { id: 'A' });
    await runtime.idle();
    const [run] = runtime.list();
    expect(run).toMatchObject({ status: 'cancelled' });
    expect(runtime.reader.steps(run?.id ?? '').map(({ path, status }) => [path, status])).toEqual([
      ['x', 'completed'],
      ['more', 'cancelled'],
      ['x/~undo', 'completed'],
    ]);
    expect(seen).toEqual([]);
  });

  it('sets and takes back timers, which survive a restart', async () => {
    const clock = new SimulatedClock();
    const store = openSqlite(':memory:');
    const machine = door('door', (_snapshot, event) => {
      if (event.name === 'open') {
        return {
          to: 'open',
          effects: [
            { type: 'schedule', id: 'a', delay: 86_400_000, event: { name: 'after.open.0', payload: undefined } },
            { type: 'schedule', id: 'b', delay: 1000, event: { name: 'never', payload: 1 } },
          ],
        };
      }
      if (event.name === 'pass') return { effects: [{ type: 'unschedule', id: 'b' }] };
      return event.name === 'after.open.0' ? { to: 'shut' } : { to: 'wrong' };
    });
    open({ machines: [machine] }, { db: undefined, store, clock });
    await runtime.sendEvent('opened', { id: 'A' });
    await runtime.sendEvent('passed', { id: 'A' });
    runtime.abandon();
    store.transaction((tx) => tx.owner.release());
    open({ machines: [machine] }, { db: undefined, store, clock });
    await runtime.idle();
    await clock.advance('23h');
    expect(runtime.get('door', 'A')).toMatchObject({ state: ['open'] });
    await clock.advance('1h');
    expect(runtime.get('door', 'A')).toMatchObject({ state: ['shut'] });
  });

  it('publishes, starts flows that outlive it, and notes in the history what cannot be done', async () => {
    const machine = door('door', (_snapshot, event) =>
      event.name === 'open'
        ? {
            to: 'end',
            effects: [
              { type: 'emit', event: 'passed', payload: { id: 'B' } },
              { type: 'emit', event: 'unknown', payload: 1 },
              { type: 'start', flow: 'after', input: 'x' },
            ],
          }
        : undefined,
    );
    const flow = anyFlow('after', (host, input: string) => host.step('x', () => echo(input), at));
    const started = anyFlow('onPassed', async (_host, input: { id: string }) => input.id, { on: passed });
    open({ machines: [machine], flows: [flow, started] });
    await runtime.sendEvent('opened', { id: 'A' });
    await runtime.idle();
    expect(
      runtime
        .list()
        .map(({ target, status, output }) => [target, status, output])
        .sort(),
    ).toEqual([
      ['after', 'completed', 'x'],
      ['onPassed', 'completed', 'B'],
    ]);
    expect(runtime.history('door', 'A', 1)[0]?.errors).toMatchObject([
      { at: 'emit', message: expect.stringContaining('unknown') },
    ]);
  });

  it('keeps the state when the machine itself throws, and goes on with other events', async () => {
    const machine = door('door', (_snapshot, event) => {
      if (event.name === 'close') throw new Error('broken machine');
      return { to: 'open' };
    });
    open({ machines: [machine] });
    await runtime.sendEvent('opened', { id: 'A' });
    expect(await runtime.sendEvent('closed', { id: 'A' })).toMatchObject({
      handled: false,
      deliveries: [{ error: { code: 'MR3309' } }],
    });
    expect(await runtime.sendEvent('passed', { id: 'A' })).toMatchObject({ handled: true });
    expect(runtime.history('door', 'A')).toHaveLength(3);
  });

  it('runs a machine in a machine, and stops it with its state', async () => {
    const outer = door('outer', (_snapshot, event) => {
      if (event.name === 'open')
        return {
          to: 'open',
          effects: [{ type: 'run', id: 'kid', target: { kind: 'machine', name: 'inner' }, input: {} }],
        };
      if (event.name === 'close') return { to: 'shut', effects: [{ type: 'stop', id: 'kid' }] };
      return event.name === 'done.run.kid' ? { to: 'did', note: event.payload } : undefined;
    });
    const inner = door('inner', (_snapshot, event) => (event.name === 'tick' ? { to: 'end' } : undefined), [
      { type: 'schedule', id: 't', delay: 1000, event: { name: 'tick', payload: undefined } },
    ]);
    const clock = new SimulatedClock();
    open({ machines: [outer, inner] }, { clock });
    for (const id of ['A', 'B']) await runtime.sendEvent('opened', { id });
    await runtime.sendEvent('closed', { id: 'B' });
    await runtime.idle();
    await clock.advance('1s');
    expect(runtime.get('outer', 'A')).toMatchObject({ state: ['did'], context: { note: { from: 'tick' } } });
    expect(runtime.get('outer', 'B')).toMatchObject({ state: ['shut'] });
    // `inner` also takes the events themselves, under their own keys.
    const kids = runtime.instances({ machine: 'inner' }).filter(({ id }) => id.includes(':'));
    expect(kids.map(({ id, status }) => [id, status]).sort()).toEqual([
      ['outer:A:2.0', 'done'],
      ['outer:B:2.0', 'stopped'],
    ]);
  });
});

describe('handlers', () => {
  it('get events by name or all, may throw, and can be taken away', async () => {
    open({});
    const seen: string[] = [];
    const told: RuntimeEvent[] = [];
    runtime.on((event) => told.push(event));
    const off = runtime.registerEventHandler(
      'opened',
      ({ name, payload }) => void seen.push(`${name} ${String(payload)}`),
    );
    runtime.registerEventHandler('*', ({ name }) => {
      seen.push(`* ${name}`);
      throw new Error('handler');
    });
    expect(await runtime.sendEvent('opened', 1)).toMatchObject({ handled: true });
    off();
    await runtime.sendEvent('opened', 2);
    await expect.poll(() => seen).toEqual(['opened 1', '* opened', '* opened']);
    expect(told.filter(({ type }) => type === 'handler.failed')).toHaveLength(2);
    expect(() => runtime.registerEventHandler('nobody', () => {})).toThrow(expect.objectContaining({ code: 'MR3301' }));
  });
});

describe('waits', () => {
  it('times out, or goes on without a value', async () => {
    const clock = new SimulatedClock();
    const wait = (onTimeout: 'fail' | 'continue') =>
      anyFlow(onTimeout, async (host) => {
        const got =
          onTimeout === 'fail'
            ? await host.receive('x', passed, { ...at, timeout: '1d' })
            : await host.receive('x', passed, { ...at, timeout: '1d', onTimeout });
        return { got: got ?? 'nothing' };
      });
    open({ flows: [wait('fail'), wait('continue')] }, { clock });
    const fail = runtime.executeFlow('fail');
    const go = runtime.executeFlow('continue');
    await runtime.idle();
    await clock.advance('1d');
    expect(await fail).toMatchObject({ status: 'failed', error: { code: 'MR3211' } });
    expect(await go).toMatchObject({ success: true, output: { got: 'nothing' } });
  });

  it('gives each run an event once, the oldest first, and none from before its start or past its time', async () => {
    const flow = anyFlow(
      'two',
      async (host) => [
        await host.receive('first', passed, { ...at, match: () => ({ id: 'A' }) }),
        await host.receive('second', passed, { ...at, match: () => ({ id: 'A' }) }),
      ],
      { waits: [{ event: 'passed', fields: ['id'] }] },
    );
    const late = anyFlow('late', async (host) => {
      await host.sleep('long', '8d', at);
      return host.receive('x', passed, { ...at, match: () => ({ id: 'A' }) });
    });
    const clock = new SimulatedClock();
    open({ flows: [flow, late] }, { clock });
    await runtime.sendEvent('passed', { id: 'A', n: 0 });
    const results = [runtime.executeFlow('two'), runtime.executeFlow('two')];
    await runtime.start('late', undefined, { id: 'late' });
    for (const n of [1, 2, 3]) await runtime.sendEvent('passed', { id: 'A', n });
    for (const result of results) expect((await result).output).toMatchObject([{ n: 1 }, { n: 2 }]);
    await clock.advance('9d');
    expect(runtime.status('late')?.status).toBe('waiting');
    await runtime.sendEvent('passed', { id: 'A', n: 4 });
    expect((await runtime.result('late')).output).toMatchObject({ n: 4 });
  });
});
