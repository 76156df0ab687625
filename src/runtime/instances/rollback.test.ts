import { afterEach, describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { SimulatedClock } from 'millrace/testing';
import { silentLogger } from 'millrace/tasks';
import type { ReactiveSystemRuntime } from '../index.ts';
import { anyFlow, anyTask, at, code } from '../fixtures/bind.ts';
import { machineKinds } from '../../../test/support/machine-kinds.ts';
import type { MachineSketch } from '../../../test/support/sketch.ts';
import { noteBook, noting, openSketched, seen, sketched } from '../fixtures/sketched.ts';

let runtime: ReactiveSystemRuntime;
afterEach(() => runtime.close());
const state = (id = 'A') => runtime.get('doc', id)?.state;

const sketch: MachineSketch = {
  events: ['made', 'edit', 'publish', 'retract', 'next', 'back'],
  creates: ['made'],
  initial: 'draft',
  states: {
    draft: {
      initial: 'first',
      on: {
        made: {},
        edit: { actions: [noting('event.text')] },
        publish: { target: 'public', actions: [['emit', 'told', '({ instanceId }) => ({ id: instanceId })']] },
      },
      after: { '10s': 'stale' },
      states: {
        first: { on: { next: 'second' } },
        second: { on: { next: 'first' } },
        was: { type: 'history', history: 'shallow', initial: 'first' },
      },
    },
    public: { on: { retract: 'gone', back: 'was' } },
    stale: { on: { back: 'was' } },
    gone: { type: 'final', output: '() => 1' },
  },
};
const doc = sketched('doc', sketch);
const send = (event: string, more: object = {}) => runtime.sendEvent(event, { id: 'A', ...more });

describe.each(machineKinds)('rollback of %s machines', (_kind, make) => {
  const doc = noteBook(make('doc', sketch));

  it('goes back one event, or to an entry, with state, context and what history states remember', async () => {
    runtime = openSketched([doc]);
    await send('made');
    await send('edit', { text: 'a' });
    await send('next');
    await send('edit', { text: 'b' });
    await send('publish');
    expect(await runtime.rollback('doc', 'A')).toEqual({
      machine: 'doc',
      id: 'A',
      sequence: 7,
      to: 5,
      state: ['second'],
    });
    expect(seen(runtime, 'doc', 'A')).toEqual(['a', 'b']);
    // Again: one event further back, not to and fro.
    expect(await runtime.rollback('doc', 'A')).toMatchObject({ to: 4 });
    expect(seen(runtime, 'doc', 'A')).toEqual(['a']);
    expect(await runtime.rollback('doc', 'A', { to: 6 })).toMatchObject({ sequence: 9, state: ['public'] });
    expect(await send('back')).toMatchObject({ handled: true });
    expect(state()).toEqual(['second']);
    expect(
      runtime.history('doc', 'A').map(({ kind, event, from, to, payload }) => [kind, event, from, to, payload]),
    ).toEqual(
      expect.arrayContaining([
        ['rollback', 'rollback', ['public'], ['second'], { to: 5 }],
        ['rollback', 'rollback', ['second'], ['public'], { to: 6 }],
        ['event', 'publish', ['second'], ['public'], { id: 'A' }],
      ]),
    );
    // What was published stays published.
    expect(runtime.reader.events({ name: 'told' })).toHaveLength(0);
    expect(runtime.history('doc', 'A').find(({ event }) => event === 'publish')?.errors).toHaveLength(1);
  });

  it('forgets what history states learnt since', async () => {
    runtime = openSketched([doc]);
    for (const event of ['made', 'publish', 'back', 'next', 'publish']) await send(event);
    await runtime.rollback('doc', 'A', { to: 3 });
    expect(state()).toEqual(['public']);
    await send('back');
    expect(state()).toEqual(['first']);
  });

  it('goes on with the time that timers had left, and takes back those of now', async () => {
    const clock = new SimulatedClock();
    runtime = openSketched([doc], {}, { clock });
    await send('made');
    await clock.advance('4s');
    await send('edit', { text: 'a' });
    await clock.advance('3s');
    await send('publish');
    await clock.advance('1h');
    expect(state()).toEqual(['public']);
    await runtime.rollback('doc', 'A', { to: 3 });
    await clock.advance('5s');
    expect(state()).toEqual(['first']);
    await clock.advance('1s');
    expect(state()).toEqual(['stale']);
    await runtime.rollback('doc', 'A', { to: 1 });
    await clock.advance('9s');
    await runtime.rollback('doc', 'A', { to: 4 });
    await clock.advance('1h');
    expect(state()).toEqual(['public']);
  });

  it('leaves an end only when it is told to', async () => {
    runtime = openSketched([doc]);
    for (const event of ['made', 'publish', 'retract']) await send(event);
    expect(runtime.get('doc', 'A')).toMatchObject({ status: 'done', output: 1 });
    await expect(runtime.rollback('doc', 'A')).rejects.toMatchObject({ code: 'MR3351' });
    await runtime.rollback('doc', 'A', { fromFinal: true });
    expect(runtime.get('doc', 'A')).toMatchObject({ status: 'active', state: ['public'] });
    expect(runtime.get('doc', 'A')).not.toHaveProperty('output');
    expect(await send('retract')).toMatchObject({ handled: true });
    await runtime.rollback('doc', 'A', { to: 4, fromFinal: true });
    expect(runtime.get('doc', 'A')).toMatchObject({ status: 'done', output: 1 });
  });

  it('says what it cannot do, and does nothing then', async () => {
    runtime = openSketched([doc], {}, { history: { keep: 3 } });
    await expect(runtime.rollback('doc', 'A')).rejects.toMatchObject({ code: 'MR3306' });
    await expect(runtime.rollback('dok', 'A')).rejects.toMatchObject({ code: 'MR3304' });
    for (const reads of [
      () => runtime.get('dok', 'A'),
      () => runtime.available('dok', 'A'),
      () => runtime.metrics('dok'),
    ])
      expect(reads).toThrow(expect.objectContaining({ code: 'MR3304' }));
    await runtime.create('doc', { id: 'A' });
    await expect(runtime.rollback('doc', 'A')).rejects.toMatchObject({ code: 'MR3352' });
    for (let n = 0; n < 5; n++) await send('edit', { text: n });
    await expect(runtime.rollback('doc', 'A', { to: 2 })).rejects.toMatchObject({
      code: 'MR3353',
      message: expect.stringContaining('keeps the entries 4 to 6'),
      details: { oldest: 4, newest: 6 },
    });
    for (const to of [0, 7, -1, 1.5, Number.NaN, 1e300])
      await expect(runtime.rollback('doc', 'A', { to })).rejects.toMatchObject({ code: 'MR3353' });
    expect(runtime.get('doc', 'A')?.changes).toBe(6);
    await runtime.rollback('doc', 'A');
    await runtime.rollback('doc', 'A', { to: 6 }).catch(() => {});
    expect(runtime.history('doc', 'A')).toHaveLength(3);
  });

  it('stops the work of now and begins that of then anew, with its input', async () => {
    const work = anyTask('work');
    const aborted: unknown[] = [];
    const began: unknown[] = [];
    const machine = sketched('doc', {
      events: ['made', 'next', 'answer'],
      creates: ['made'],
      initial: 'idle',
      states: {
        idle: { on: { made: {}, next: 'working' } },
        working: {
          run: [
            { id: 'job', target: { kind: 'flow', name: 'job' }, input: '({ context }) => context.seen.length' },
            { id: 'kid', target: { kind: 'machine', name: 'kid' }, input: '() => ({ seen: ["given"] })' },
          ],
          on: { next: 'other', answer: { actions: [noting('event.n')] } },
        },
        other: {
          run: [{ id: 'job', target: { kind: 'flow', name: 'job' }, input: '() => "other"' }],
          on: { next: 'idle' },
        },
      },
    });
    const kid = sketched('kid', { initial: 'on', states: { on: {} } });
    const job = anyFlow('job', async (host, input) => {
      await host.step('x', () => work(input), at);
    });
    const waiting = code(
      work,
      (input, { signal }) =>
        new Promise((_, reject) => {
          began.push(input);
          signal.addEventListener('abort', () => {
            aborted.push(input);
            reject(new Error('aborted'));
          });
        }),
    );
    runtime = openSketched([machine, kid], { flows: [job], tasks: [waiting] }, { drainMs: 0, logger: silentLogger });
    for (const event of ['made', 'next']) await send(event);
    await send('answer', { n: 1 });
    await send('next');
    await expect.poll(() => began).toEqual([0, 'other']);
    await expect.poll(() => aborted).toEqual([0]);
    await runtime.rollback('doc', 'A', { to: 4 });
    await expect.poll(() => began).toEqual([0, 'other', 0]);
    await expect.poll(() => aborted).toEqual([0, 'other']);
    const kids = runtime.instances({ machine: 'kid' });
    expect(kids.map(({ id, status, context }) => [id, status, context]).sort()).toEqual([
      ['doc:A:3.1', 'stopped', { seen: ['given'] }],
      ['doc:A:6.1', 'active', { seen: ['given'] }],
    ]);
    await runtime.rollback('doc', 'A', { to: 1 });
    await expect.poll(() => aborted).toEqual([0, 'other', 0]);
    expect(runtime.instances({ machine: 'kid', status: 'active' })).toEqual([]);
  });
});

it('does not go back to where thousands of timers would have to be set', async () => {
  const clock = new SimulatedClock();
  const many = sketched('doc', {
    events: ['made', 'note', 'off'],
    creates: ['made'],
    initial: 'on',
    states: {
      on: {
        on: {
          made: {
            actions: [
              [
                'forEach',
                '() => Array.from({ length: 3000 }, (_, n) => n)',
                [['send', 'note', '({ item }) => ({ n: item })', { delay: '1h', id: 'x' }]],
              ],
            ],
          },
          note: { actions: [noting('event.n')] },
          off: { actions: [['cancel', 'x']] },
        },
      },
    },
  });
  runtime = openSketched([many], {}, { clock });
  await runtime.sendEvent('made', { id: 'A' });
  const document = runtime.exportInstance('doc', 'A');
  expect(document.timers).toHaveLength(3000);
  await runtime.sendEvent('off', { id: 'A' });
  await expect(runtime.rollback('doc', 'A', { to: 2 })).rejects.toMatchObject({ code: 'MR3359' });
  await runtime.rollback('doc', 'A', { to: 1 });
  await runtime.restoreInstance(document, { id: 'B' });
  await expect(runtime.rollback('doc', 'B', { to: 2 })).rejects.toMatchObject({ code: 'MR3359' });
  await clock.advance('1h');
  await runtime.idle();
  expect(seen(runtime, 'doc', 'A')).toEqual([]);
  expect(seen(runtime, 'doc', 'B')).toHaveLength(3000);
});

describe('history', () => {
  it('is read by pages, newest first, and keeps what it is told to', async () => {
    runtime = openSketched([doc], {}, { history: { keep: 4, machines: { other: { keep: 1 } } } });
    await send('made');
    for (let n = 0; n < 8; n++) expect(await send('edit', { text: n })).toMatchObject({ handled: true });
    const sequences = (query?: Parameters<typeof runtime.history>[2]) =>
      runtime.history('doc', 'A', query).map(({ sequence }) => sequence);
    expect(sequences()).toEqual([10, 9, 8, 7]);
    expect(sequences(2)).toEqual([10, 9]);
    expect(sequences(99)).toEqual([10, 9, 8, 7]);
    expect(sequences({ tail: 2, before: 9 })).toEqual([8, 7]);
    expect(sequences({ before: 7 })).toEqual([]);
    expect(runtime.get('doc', 'A')).toMatchObject({
      changes: 10,
      historySize: 4,
      lastTransition: { sequence: 10, event: 'edit', from: ['first'], to: ['first'] },
    });
    expect(runtime.history('doc', 'A', 1)[0]).toMatchObject({
      kind: 'event',
      event: 'edit',
      payload: { id: 'A', text: 7 },
      context: { seen: [0, 1, 2, 3, 4, 5, 6, 7] },
      duration: expect.any(Number),
    });
  });

  const logSketch: MachineSketch = {
    events: ['made', 'edit'],
    creates: ['made'],
    initial: 'on',
    states: { on: { on: { made: {}, edit: { actions: [noting('event.text')] } } } },
  };
  const log = sketched('doc', logSketch);

  it('drops what is too old when something new comes, never the newest', async () => {
    const clock = new SimulatedClock();
    runtime = openSketched([log], {}, { clock, history: { maxAge: '1h' } });
    await send('made');
    await clock.advance('50m');
    await send('edit', { text: 1 });
    expect(runtime.history('doc', 'A')).toHaveLength(3);
    await clock.advance('30m');
    await send('edit', { text: 2 });
    expect(runtime.history('doc', 'A').map(({ event }) => event)).toEqual(['edit', 'edit']);
    await clock.advance('10d');
    await send('edit', { text: 3 });
    expect(runtime.history('doc', 'A')).toHaveLength(1);
  });

  it('drops at the start what instances that idle have too much of', async () => {
    const store = openSqlite(':memory:');
    const clock = new SimulatedClock();
    const many = [log, sketched('other', { ...logSketch, creates: [] })];
    runtime = openSketched(many, {}, { clock, store, db: undefined });
    const ids = Array.from({ length: 700 }, (_, index) => `i${index}`);
    await Promise.all(ids.flatMap((id) => [runtime.create('doc', { id }), runtime.create('other', { id })]));
    await Promise.all(ids.map((id) => runtime.sendEvent('edit', { id, text: 1 })));
    const kept = (machine: string) => ids.reduce((sum, id) => sum + runtime.history(machine, id).length, 0);
    expect([kept('doc'), kept('other')]).toEqual([1400, 1400]);
    await clock.advance('2h');
    runtime.abandon();
    store.transaction((tx) => tx.owner.release());
    runtime = openSketched(
      many,
      {},
      {
        clock,
        store,
        db: undefined,
        history: { maxAge: '1h', machines: { other: { maxAge: '30d', keep: 2 } } },
      },
    );
    await new Promise((resolve) => setImmediate(resolve));
    await runtime.idle();
    expect([kept('doc'), kept('other')]).toEqual([700, 1400]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses to keep %d entries', (keep) => {
    expect(() => openSketched([doc], {}, { history: { keep } })).toThrow(expect.objectContaining({ code: 'MR3358' }));
    expect(() => openSketched([doc], {}, { history: { maxAge: 'long' } })).toThrow(
      expect.objectContaining({ code: 'MR3002' }),
    );
    runtime = openSketched([doc]);
  });

  it('measures steps by the stopwatch', async () => {
    let now = 0;
    runtime = openSketched([doc], {}, { stopwatch: () => (now += 1.5) });
    await send('made');
    expect(runtime.history('doc', 'A').map(({ duration }) => duration)).toEqual([1.5, 1.5]);
  });

  it('lists by state', async () => {
    runtime = openSketched([doc]);
    for (const id of ['A', 'B', 'C']) await runtime.create('doc', { id });
    await send('publish');
    expect(
      runtime
        .instances({ state: 'first' })
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['B', 'C']);
    expect(runtime.instances({ state: 'public', status: 'active' }).map(({ id }) => id)).toEqual(['A']);
    expect(runtime.instances({ machine: 'doc', limit: 2, offset: 2 })).toHaveLength(1);
  });
});
