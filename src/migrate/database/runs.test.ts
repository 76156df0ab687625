import { beforeAll, describe, expect, it } from 'vitest';
import { ReactiveSystemRuntime } from '../../runtime/index.ts';
import { openMemory, openSqlite, type Store } from '../../store/index.ts';
import { silentLogger } from '../../tasks/index.ts';
import { SimulatedClock } from '../../testing/index.ts';
import { versionsFrom, withTasks, worldOf, type Version } from '../fixtures/versions.ts';
import type { MigrationStep } from '../step/step.ts';
import { migrateDatabase } from './migrate-database.ts';

const head = (version: string): string => `import { event, flow, system, task } from 'millrace';
import { z } from 'zod';
export default system('mill', { version: '${version}' });
const any = { input: z.any(), output: z.any() };
`;
const one = `${head('1.0.0')}
export const grind = task('grind', any);
export const undo = task('undo', any);
export const came = event('came', { payload: z.object({ order: z.string(), n: z.number().default(0) }) });
export const told = event('told', { payload: z.object({ order: z.string() }) });
export const inner = flow('inner', { input: z.any(), output: z.any() }, (f) =>
  f.step('first', ({ input }) => grind({ inner: input }))
    .waitFor('signal', came, { match: { order: ({ input }) => 'inner' + input } })
    .step('last', ({ signal }) => grind({ n: signal.n })).returns(({ first, last }) => [first, last]));
export const outer = flow('outer', { input: z.object({ id: z.string(), list: z.array(z.number()) }) }, (f) =>
  f.step('begin', ({ input }) => grind({ id: input.id })).undo(({ begin }) => undo({ begin }))
    .map('all', ({ input }) => input.list, (f) => f.step('item', ({ item }) => grind({ item })))
    .emit('tell', ({ input }) => told({ order: input.id }))
    .step('child', ({ input }) => inner(input.id))
    .step('end', ({ child, begin, all }) => grind({ child, begin, all })).returns(({ end }) => end));
export const waits = flow('waits', { input: z.object({ id: z.string() }) }, (f) =>
  f.step('a', ({ input }) => grind({ a: input.id })).waitFor('w', came, { match: { order: ({ input }) => input.id } })
    .sleep('nap', '1h').waitFor('second', came, { match: { order: ({ input }) => input.id } })
    .returns(({ w, second }) => [w.n, second.n]));
export const gone = flow('gone', { input: z.any() }, (f) => f.step('a', () => grind({ gone: 1 })).undo(() => undo({ gone: 1 })).sleep('nap', '1d'));
export const kept = flow('kept', { input: z.any() }, (f) => f.step('a', () => grind({ kept: 1 })).sleep('nap', '1d'));
export const differs = flow('differs', { input: z.any() }, (f) => f.step('a', () => grind({ differs: 1 })).sleep('nap', '1d').step('b', () => grind({ b: 1 })));
`;
const two = `${head('2.0.0')}
export const mill = task('mill', any);
export const undo = task('undo', any);
export const arrived = event('arrived', { payload: z.object({ id: z.string(), n: z.number() }) });
export const said = event('said', { payload: z.object({ order: z.string(), loud: z.boolean() }) });
export const part = flow('part', { input: z.any(), output: z.any() }, (f) =>
  f.step('opening', ({ input }) => mill({ inner: input }))
    .waitFor('sign', arrived, { match: { id: ({ input }) => 'inner' + input } })
    .step('last', ({ sign }) => mill({ n: sign.n })).returns(({ opening, last }) => [opening, last]));
export const whole = flow('whole', { input: z.object({ id: z.string(), list: z.array(z.number()), size: z.number() }) }, (f) =>
  f.step('start', ({ input }) => mill({ id: input.id, size: input.size })).undo(({ start }) => undo({ start }))
    .map('each', ({ input }) => input.list, (f) => f.step('one', ({ item }) => mill({ item })))
    .emit('say', ({ input }) => said({ order: input.id, loud: true }))
    .step('sub', ({ input }) => part(input.id))
    .step('end', ({ sub, start, each }) => mill({ sub, start, each })).returns(({ end }) => end));
export const waits = flow('waits', { input: z.object({ id: z.string() }) }, (f) =>
  f.step('a', ({ input }) => mill({ a: input.id })).waitFor('w', arrived, { match: { id: ({ input }) => input.id } })
    .sleep('nap', '1h').waitFor('second', arrived, { match: { id: ({ input }) => input.id } })
    .returns(({ w, second }) => [w.n, second.n]));
export const gone = flow('gone', { input: z.any() }, (f) => f.step('a', () => mill({ gone: 1 })).undo(() => undo({ gone: 1 })).sleep('nap', '1d'));
export const kept = flow('kept', { input: z.any() }, (f) => f.step('a', () => mill({ kept: 1 })).sleep('nap', '1d'));
export const differs = flow('differs', { input: z.any() }, (f) => f.step('new', () => mill({ differs: 0 })).step('a', () => mill({ differs: 1 })).sleep('nap', '1d').step('b', () => mill({ b: 1 })));
`;
const step: Omit<MigrationStep, 'kind'> = {
  from: '1.0.0',
  to: '2.0.0',
  tasks: { grind: 'mill' },
  events: {
    came: { event: 'arrived', payload: ({ order, ...rest }: { order: string }) => ({ n: 0, ...rest, id: order }) },
    told: { event: 'said', payload: (payload: object) => ({ ...payload, loud: true }) },
  },
  runs: {
    outer: {
      flow: 'whole',
      steps: { begin: 'start', all: 'each', 'all/item': 'each/one', tell: 'say', child: 'sub' },
      input: (input: { list: readonly number[] }) => ({ ...input, size: input.list.length }),
      inputs: { begin: (input: { id: string }) => ({ ...input, size: 2 }) },
      results: { begin: (result: object) => ({ ...result, mapped: true }) },
    },
    inner: { flow: 'part', steps: { first: 'opening', signal: 'sign' } },
    gone: 'cancel',
    kept: 'block',
  },
};

let versions: readonly Version[];
beforeAll(async () => {
  versions = await versionsFrom([one, two]);
});
const runtimeOf = (store: Store, clock: SimulatedClock, version: number, seen: string[] = []) =>
  new ReactiveSystemRuntime(
    withTasks(versions[version] as Version, (task, input, context) => {
      seen.push(`${context.runId} ${context.step} ${task} ${JSON.stringify(input)}`);
      return { got: input };
    }),
    { store, clock, logger: silentLogger, drainMs: 0 },
  );
const stores = { sqlite: () => openSqlite(':memory:'), memory: () => openMemory() };

describe.each(Object.entries(stores))('%s', (_name, open) => {
  it('runs go on under the new names and values, and only where their journal fits', async () => {
    const store = open();
    const clock = new SimulatedClock();
    const first = runtimeOf(store, clock, 0);
    await first.start('outer', { id: 'A', list: [7, 8] }, { id: 'A' });
    await first.start('outer', { id: 'B', list: [1, 2] }, { id: 'B' });
    for (const id of ['w1', 'w2', 'w3']) await first.start('waits', { id }, { id });
    for (const flow of ['gone', 'kept', 'differs']) await first.start(flow, null, { id: flow });
    await first.idle();
    await first.sendEvent('came', { order: 'w1', n: 1 });
    // Two for w2: the second one waits in the log for the second wait.
    await first.sendEvent('came', { order: 'w2', n: 2 });
    await first.sendEvent('came', { order: 'w2', n: 3 });
    await first.idle();
    await first.close();
    // An event that nobody has handed out yet, as when a process dies after it was published.
    store.transaction((tx) => {
      const payload = JSON.stringify({ order: 'w3', n: 4 });
      tx.events.append({
        id: 'late',
        name: 'came',
        payload,
        at: clock.now(),
        expires: clock.now() + 1e9,
        source: 'send',
      });
    });
    const kept = store.tables.journal.of('kept');

    const report = await migrateDatabase(store, worldOf(versions, [step], { now: clock.now() }));
    expect(report.runs).toEqual([
      {
        flow: 'differs',
        continuing: 0,
        mapped: 0,
        cancelled: 0,
        blocked: [{ id: 'differs', reason: expect.stringMatching(/asks for step 'new' before 'a'/) as string }],
      },
      { flow: 'gone', continuing: 0, mapped: 0, cancelled: 1, blocked: [] },
      { flow: 'inner', continuing: 2, mapped: 2, cancelled: 0, blocked: [] },
      {
        flow: 'kept',
        continuing: 0,
        mapped: 0,
        cancelled: 0,
        blocked: [{ id: 'kept', reason: expect.stringMatching(/blocks the runs of 'kept'/) as string }],
      },
      { flow: 'outer', continuing: 2, mapped: 2, cancelled: 0, blocked: [] },
      { flow: 'waits', continuing: 3, mapped: 3, cancelled: 0, blocked: [] },
    ]);
    expect(report.events).toEqual({ mapped: 6, left: [] });
    // What is blocked keeps its journal, its names and its version.
    expect(store.tables.journal.of('kept')).toEqual(kept);
    expect(store.tables.runs.get('kept')).toMatchObject({ status: 'blocked', target: 'kept', version: '1.0.0' });
    expect(store.tables.runs.hasAlive('1.0.0')).toBe(true);

    const seen: string[] = [];
    const second = runtimeOf(store, clock, 1, seen);
    await second.idle();
    expect(second.status('gone')).toMatchObject({ status: 'cancelled' });
    expect(seen).toEqual(['gone a/~undo undo {"gone":1}']);
    expect(['kept', 'differs'].map((id) => second.status(id)?.status)).toEqual(['blocked', 'blocked']);
    // The child of A is found under the path that its step had when it was called.
    await second.sendEvent('arrived', { id: 'innerA', n: 5 });
    expect((await second.result('A')).output).toEqual({
      got: {
        sub: [{ got: { inner: 'A' } }, { got: { n: 5 } }],
        start: { got: { id: 'A' }, mapped: true },
        each: [{ got: { item: 7 } }, { got: { item: 8 } }],
      },
    });
    expect(seen.slice(1)).toEqual(['A/child last mill {"n":5}', expect.stringMatching(/^A end mill /) as string]);
    await second.cancel('B');
    expect(await second.result('B')).toMatchObject({ status: 'cancelled' });
    expect(second.status('B/child')).toMatchObject({ status: 'cancelled' });
    expect(seen.at(-1)).toBe('B start/~undo undo {"start":{"got":{"id":"B"},"mapped":true}}');
    await clock.advance('1h');
    await second.idle();
    expect((await second.result('w2')).output).toEqual([2, 3]);
    await second.sendEvent('arrived', { id: 'w1', n: 9 });
    await second.sendEvent('arrived', { id: 'w3', n: 10 });
    expect((await second.result('w1')).output).toEqual([1, 9]);
    expect((await second.result('w3')).output).toEqual([4, 10]);
    await second.close();

    // The step is mended: what was blocked goes on.
    const mended = { ...step, runs: { ...step.runs, kept: {}, differs: 'cancel' as const } };
    const again = await migrateDatabase(store, worldOf(versions, [mended], { id: 'm2', now: clock.now() }));
    expect(again.runs).toMatchObject([
      { flow: 'differs', cancelled: 1, blocked: [] },
      { flow: 'kept', continuing: 1, mapped: 1, blocked: [] },
    ]);
    const third = runtimeOf(store, clock, 1);
    await clock.advance('1d');
    await third.idle();
    expect(['kept', 'differs'].map((id) => third.status(id)?.status)).toEqual(['completed', 'cancelled']);
    await third.close();
  });

  it('a function that throws, or gives what does not fit, leaves its row and no other', async () => {
    const store = open();
    const clock = new SimulatedClock();
    const first = runtimeOf(store, clock, 0);
    for (const id of ['a', 'b', 'c']) await first.start('outer', { id, list: [1, 2] }, { id });
    await first.sendEvent('came', { order: 'x', n: 1 });
    await first.sendEvent('came', { order: 'y', n: 2 });
    await first.idle();
    await first.close();
    const bad = {
      ...step,
      events: {
        ...step.events,
        came: {
          event: 'arrived',
          payload: ({ order, n }: { order: string; n: number }) => {
            if (order === 'x') throw new Error('no');
            return { id: order, n };
          },
        },
      },
      runs: {
        ...step.runs,
        outer: {
          ...(step.runs?.['outer'] as object),
          input: (input: { id: string; list: readonly number[] }) => {
            if (input.id === 'a') throw new Error('not this one');
            return input.id === 'b' ? { ...input, size: 'big' } : { ...input, size: 2 };
          },
        },
      },
    };
    const report = await migrateDatabase(store, worldOf(versions, [bad], { now: clock.now() }));
    expect(report.events).toEqual({
      mapped: 4,
      left: [{ id: expect.any(String) as string, name: 'came', reason: 'no' }],
    });
    expect(report.runs).toMatchObject([
      { flow: 'inner', continuing: 3 },
      {
        flow: 'outer',
        continuing: 1,
        blocked: [
          { id: 'a', reason: expect.stringMatching(/not this one/) as string },
          { id: 'b', reason: expect.stringMatching(/its input does not fit the schema/) as string },
        ],
      },
    ]);
    store.close();
  });
});

describe('steps that record the names of their parts', () => {
  const text = (
    version: string,
    names: {
      branch: string;
      high: string;
      race: string;
      quick: string;
      graph: string;
      node: string;
      flow: string;
      step: string;
    },
  ): string => `${head(version)}
export const grind = task('grind', any);
export const go = event('go', { payload: z.object({ id: z.string() }) });
export const ${names.flow} = flow('${names.flow}', { input: z.any(), output: z.any(), schedule: { cron: '0 6 * * *' } }, (f) =>
  f.branch('${names.branch}', () => '${names.high}', { ${names.high}: (f) => f.step('${names.step}', () => grind({ a: 1 })), low: (f) => f })
    .race('${names.race}', { ${names.quick}: (f) => f.step('x', () => grind({ b: 1 })), slow: (f) => f.sleep('nap', '1d') })
    .graph('${names.graph}', (g) => g.node('${names.node}', () => grind({ c: 1 })).node('other', () => grind({ d: 1 }), { needs: ['${names.node}'] }))
    .waitFor('wait', go, { match: { id: () => 'x' } })
    .step('end', () => grind({ e: 1 })).returns(() => 'done'));
`;
  it('a branch, a race, a graph and a schedule go on under new names', async () => {
    const before = {
      branch: 'which',
      high: 'high',
      race: 'first',
      quick: 'quick',
      graph: 'net',
      node: 'a',
      flow: 'f',
      step: 's',
    };
    const after = {
      branch: 'choice',
      high: 'top',
      race: 'sooner',
      quick: 'fast',
      graph: 'mesh',
      node: 'b',
      flow: 'g',
      step: 't',
    };
    const both = await versionsFrom([text('1.0.0', before), text('2.0.0', after)]);
    const store = openSqlite(':memory:');
    const clock = new SimulatedClock();
    const seen: string[] = [];
    const run = (version: number) =>
      new ReactiveSystemRuntime(
        withTasks(
          both[version] as Version,
          (task, input, context) => void seen.push(`${context.step} ${task} ${JSON.stringify(input)}`),
        ),
        { store, clock, logger: silentLogger },
      );
    const first = run(0);
    await first.start('f', null, { id: 'r' });
    await first.idle();
    await first.close();
    const schedule = store.tables.timers.get('~schedule f');
    const steps = {
      which: 'choice',
      'which/high': 'choice/top',
      'which/high/s': 'choice/top/t',
      first: 'sooner',
      'first/quick': 'sooner/fast',
      net: 'mesh',
      'net/a': 'mesh/b',
    };
    const report = await migrateDatabase(
      store,
      worldOf(both, [{ from: '1.0.0', to: '2.0.0', runs: { f: { flow: 'g', steps } } }], { now: clock.now() }),
    );
    expect(report.runs).toMatchObject([{ flow: 'f', mapped: 1, blocked: [] }]);
    expect(store.tables.timers.get('~schedule g')).toMatchObject({ due: schedule?.due });
    expect(store.tables.timers.get('~schedule f')).toBeUndefined();
    const second = run(1);
    const done = seen.length;
    await second.sendEvent('go', { id: 'x' });
    expect(await second.result('r')).toMatchObject({ status: 'completed', output: 'done' });
    expect(seen.slice(done)).toEqual(['end grind {"e":1}']);
    await second.close();
  });
});
