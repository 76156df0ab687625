import { afterEach, describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { SimulatedClock } from 'millrace/testing';
import { silentLogger } from 'millrace/tasks';
import { openReader, type InstanceDocument, type ReactiveSystemRuntime } from '../index.ts';
import { anyFlow, anyTask, at, code } from '../fixtures/bind.ts';
import { noting, openSketched, seen, sketched } from '../fixtures/sketched.ts';

const runtimes: ReactiveSystemRuntime[] = [];
const open = (...given: Parameters<typeof openSketched>): ReactiveSystemRuntime => {
  const runtime = openSketched(...given);
  runtimes.push(runtime);
  return runtime;
};
afterEach(async () => {
  for (const runtime of runtimes.splice(0)) await runtime.close();
});

const states = {
  draft: {
    initial: 'first',
    on: {
      made: { actions: [['send', 'note', '() => ({ n: "sent" })', { delay: '20s', id: 'x' }]] },
      note: { actions: [noting('event.n')] },
      park: 'parked',
    },
    after: { '10s': 'stale' },
    states: {
      first: { on: { next: 'second' } },
      second: {},
      was: { type: 'history', history: 'shallow', initial: 'first' },
    },
  },
  parked: { on: { back: 'was' } },
  stale: { on: { note: { actions: [noting('event.n')] } } },
} as const;
const sketch = { events: ['made', 'note', 'next', 'park', 'back'], creates: ['made'], initial: 'draft', states };
const doc = sketched('doc', sketch);
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

async function made(options: object = {}): Promise<ReactiveSystemRuntime> {
  const runtime = open([doc], {}, options);
  for (const event of ['made', 'next', 'park', 'back']) await runtime.sendEvent(event, { id: 'A' });
  await runtime.sendEvent('note', { id: 'A', n: 1 });
  return runtime;
}

describe('an instance as a document', () => {
  it('goes through JSON into another database and is the same: state, history, times, timers', async () => {
    const clock = new SimulatedClock();
    const first = await made({ clock });
    const document = json(first.exportInstance('doc', 'A'));
    await clock.advance('4s');
    const second = open([doc], {}, { clock });
    const view = await second.restoreInstance(JSON.stringify(document));
    expect(view).toEqual(first.get('doc', 'A'));
    expect(second.history('doc', 'A')).toEqual(first.history('doc', 'A'));
    const again = second.exportInstance('doc', 'A');
    expect(json(again)).toEqual({
      ...document,
      exportedAt: document.exportedAt + 4000,
      timers: document.timers.map((timer) => ({ ...timer, left: timer.left - 4000 })),
    });
    expect(document.timers).toMatchObject([
      { id: 'after.draft.0', left: 10_000, event: { name: 'after.draft.0' } },
      { id: 'x', left: 20_000, event: { name: 'note', payload: { n: 'sent' } } },
    ]);
    // Both go on alike, and the second can be taken back in its history.
    await clock.advance('1m');
    for (const runtime of [first, second])
      expect([runtime.get('doc', 'A')?.state, seen(runtime, 'doc', 'A')]).toEqual([['stale'], [1, 'sent']]);
    await second.rollback('doc', 'A', { to: 4 });
    await second.sendEvent('back', { id: 'A' });
    expect(second.get('doc', 'A')?.state).toEqual(['second']);
  });

  it('keeps its times, or the time that was left', async () => {
    const clock = new SimulatedClock();
    const document = (await made({ clock })).exportInstance('doc', 'A');
    await clock.advance('1h');
    const late = open([doc], {}, { clock });
    await late.restoreInstance(document);
    await late.restoreInstance(document, { id: 'B', timers: 'left' });
    await late.idle();
    await clock.advance('1ms');
    expect(late.get('doc', 'A')?.state).toEqual(['stale']);
    expect(late.get('doc', 'B')?.state).toEqual(['second']);
    await clock.advance('10s');
    expect(late.get('doc', 'B')?.state).toEqual(['stale']);
  });

  it('does not take the place of another, unless it is told to', async () => {
    const clock = new SimulatedClock();
    const runtime = await made({ clock });
    const document = runtime.exportInstance('doc', 'A');
    await runtime.sendEvent('park', { id: 'A' });
    await expect(runtime.restoreInstance(document)).rejects.toMatchObject({ code: 'MR3305' });
    expect(runtime.get('doc', 'A')?.state).toEqual(['parked']);
    await runtime.restoreInstance(document, { force: true });
    expect(runtime.get('doc', 'A')).toMatchObject({ state: ['second'], changes: 8, historySize: 6 });
    await runtime.restoreInstance(document, { id: 'B' });
    expect(runtime.history('doc', 'B')).toEqual(runtime.history('doc', 'A'));
    await runtime.sendEvent('note', { id: 'A', n: 2 });
    expect(runtime.history('doc', 'A', 1)[0]).toMatchObject({ sequence: 9 });
  });

  it('begins the work anew, and takes machines that work for it along as they are', async () => {
    const work = anyTask('work');
    const began: unknown[] = [];
    const outer = sketched('outer', {
      events: ['go', 'tell'],
      creates: ['go'],
      initial: 'on',
      states: {
        on: {
          run: [
            { id: 'job', target: { kind: 'flow', name: 'job' }, input: '({ context }) => context.seen.length' },
            {
              id: 'kid',
              target: { kind: 'machine', name: 'kid' },
              input: '() => ({})',
              onDone: { target: 'over', actions: [['assign', '({ output }) => ({ seen: [output] })']] },
            },
          ],
          on: { go: {}, tell: { actions: [['send', 'tell', '({ event }) => event', { target: '#kid' }]] } },
        },
        over: {},
      },
    });
    const kid = sketched('kid', {
      events: ['tell'],
      initial: 'one',
      states: {
        one: { on: { tell: { target: 'two', actions: [noting('event.n')] } } },
        two: { on: { tell: 'end' } },
        end: { type: 'final', output: '({ context }) => context.seen' },
      },
    });
    const parts = {
      flows: [anyFlow('job', (host, input) => host.step('x', () => work(input), at))],
      tasks: [
        code(work, (input) => {
          began.push(input);
          return new Promise(() => {});
        }),
      ],
    };
    const options = { drainMs: 0, logger: silentLogger };
    const first = open([outer, kid], parts, options);
    await first.sendEvent('go', { id: 'A' });
    await first.sendEvent('tell', { id: 'A', n: 7 });
    await expect.poll(() => began).toEqual([0]);
    const documents = json(first.exportInstances());
    expect(Object.keys(documents)).toEqual(['outer/A']);
    const second = open([outer, kid], parts, options);
    await second.restoreInstances(documents);
    await expect.poll(() => began).toEqual([0, 0]);
    expect(second.instances({ machine: 'kid' })).toMatchObject([
      { state: ['two'], parent: { machine: 'outer', id: 'A' } },
    ]);
    await second.sendEvent('tell', { id: 'A', n: 8 });
    expect(second.get('outer', 'A')).toMatchObject({ state: ['over'], context: { seen: [[7]] } });
  });

  it('is refused when it cannot be read, or is of another format', async () => {
    const runtime = await made();
    const good = json(runtime.exportInstance('doc', 'A'));
    const bad: readonly (readonly [string, unknown])[] = [
      ['MR3354', undefined],
      ['MR3354', null],
      ['MR3354', 17],
      ['MR3354', '{"format":'],
      ['MR3354', JSON.stringify(good).slice(0, -9)],
      ['MR3354', []],
      ['MR3354', {}],
      ['MR3354', { ...good, format: 'xstate' }],
      ['MR3355', { ...good, formatVersion: 2 }],
      ['MR3355', { ...good, formatVersion: undefined }],
      ['MR3354', { ...good, history: 'none' }],
      ['MR3354', { ...good, history: good.history.toReversed() }],
      ['MR3354', { ...good, sequence: 2 }],
      ['MR3354', { ...good, snapshot: { ...good.snapshot, state: [] } }],
      ['MR3354', { ...good, snapshot: { ...good.snapshot, state: ['nowhere'] } }],
      ['MR3354', { ...good, snapshot: { ...good.snapshot, state: ['first', 'second'] } }],
      ['MR3354', { ...good, snapshot: { ...good.snapshot, status: 'done' } }],
      ['MR3354', { ...good, timers: [{ due: -1, left: 0, event: { name: 'x' } }] }],
      ['MR3307', { ...good, snapshot: { ...good.snapshot, context: { seen: 1 } } }],
      ['MR3304', { ...good, machine: 'other' }],
      ['MR3218', { ...good, id: 'a b' }],
      ['MR3356', { ...good, hash: 'other' }],
    ];
    const fresh = open([doc]);
    for (const [code, document] of bad)
      await expect(fresh.restoreInstance(document), JSON.stringify(document)).rejects.toMatchObject({ code });
    expect(fresh.instances()).toEqual([]);
  });

  it('of another version is taken when its states are there, and somebody says so', async () => {
    const document = json((await made()).exportInstance('doc', 'A'));
    const { second: _gone, ...left } = states.draft.states;
    const fewer = sketched(
      'doc',
      { ...sketch, states: { ...states, draft: { ...states.draft, states: { ...left, first: {} } } } },
      'v2',
    );
    const more = sketched('doc', { ...sketch, states: { ...states, extra: {} } }, 'v2');
    const shrunk = open([fewer]);
    await expect(shrunk.restoreInstance(document)).rejects.toMatchObject({
      code: 'MR3356',
      details: { states: ['second'] },
    });
    await expect(shrunk.restoreInstance(document, { acceptChanged: true })).rejects.toMatchObject({
      code: 'MR3350',
      details: { states: ['second'] },
    });
    const grown = open([more]);
    await expect(grown.restoreInstance(document)).rejects.toMatchObject({ code: 'MR3356', details: { states: [] } });
    await grown.restoreInstance(document, { acceptChanged: true });
    expect(grown.get('doc', 'A')).toMatchObject({ state: ['second'] });
  });

  it('many at once: what cannot be restored is passed over and listed', async () => {
    const runtime = await made();
    for (const id of ['B', 'C']) await runtime.create('doc', { id });
    const documents: Record<string, InstanceDocument> = json(runtime.exportInstances({ machine: 'doc' }));
    expect(Object.keys(documents).sort()).toEqual(['doc/A', 'doc/B', 'doc/C']);
    const fresh = open([doc]);
    await fresh.create('doc', { id: 'B' });
    const given = { ...documents, other: { ...documents['doc/A'], machine: 'other' }, broken: 'x' };
    const { restored, skipped } = await fresh.restoreInstances(given);
    expect(restored).toEqual([
      { machine: 'doc', id: 'A' },
      { machine: 'doc', id: 'C' },
    ]);
    expect(Object.entries(skipped).map(([key, { code }]) => [key, code])).toEqual([
      ['doc/B', 'MR3305'],
      ['other', 'MR3304'],
      ['broken', 'MR3354'],
    ]);
    expect(runtime.exportInstances({ state: 'first' })).toHaveProperty('doc/B');
    expect(() => runtime.exportInstance('doc', 'Z')).toThrow(expect.objectContaining({ code: 'MR3306' }));
  });

  it('is read beside the owner, as it stood at one moment', async () => {
    const store = openSqlite(':memory:');
    const runtime = await made({ store, db: undefined });
    expect(runtime.exportInstance('doc', 'A')).toMatchObject({ sequence: 6 });
    expect(() => openReader('/nowhere/at.db')).toThrow(expect.objectContaining({ code: 'MR3008' }));
  });
});
