import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Host } from 'millrace/flow';
import { openMemory, openSqlite, type Store } from 'millrace/store';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { checkDatabase, SimulatedClock, seededRandom } from 'millrace/testing';
import { ReactiveSystemRuntime, type RuntimeOptions } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

const work = anyTask('work', { retry: { attempts: 2, delay: '1ms', backoff: 'fixed' } });
const back = anyTask('back');
const tick = anyEvent('tick');

interface Round {
  /** What its steps are: see below. */
  readonly steps: readonly ('step' | 'undone' | 'passed' | 'inner' | 'draw' | 'attempt' | 'map')[];
}

async function round(h: Host, steps: Round['steps'], index: number, more: string): Promise<void> {
  for (const [n, kind] of steps.entries()) {
    const id = `s${n}`;
    const call =
      (fails = 0) =>
      () =>
        work({ index, n, more, now: h.now(), fails });
    if (kind === 'step') await h.step(id, call(), at);
    if (kind === 'passed') await h.step(id, call(index % 5 === 1 ? 9 : 0), { ...at, onFailure: 'continue' });
    if (kind === 'draw') {
      const drawn = [h.random(), h.idGen()];
      await h.step(id, () => work({ drawn }), at);
    }
    if (kind === 'undone') {
      await h.step(id, call(), at);
      if (index % 7 === 3) h.undo(id, () => back({ index, n, more }), at);
    }
    if (kind === 'attempt')
      await h.attempt(
        id,
        async (inner) => {
          await inner.step('a', call(), at);
          inner.undo('a', () => back({ index, n, more, tried: true }), at);
          await inner.step('b', call(index % 2 === 0 ? 9 : 0), at);
        },
        (handling) => handling.step('handled', call(), at),
        at,
      );
    if (kind === 'map')
      await h.map(
        id,
        () => [1, 2],
        (inner, item) => inner.step('m', () => work({ item, index }), at),
        at,
      );
    if (kind === 'inner')
      await h.repeat(
        id,
        (inner, i) => inner.step('w', () => work({ i, index, n, now: inner.now() }), at),
        (_, i) => i === 14,
        { ...at, max: 20 },
      );
  }
}

const flow = anyFlow(
  'loop',
  async (
    host,
    { rounds, delay, fail, after }: { rounds: readonly Round['steps'][]; delay: boolean; fail: boolean; after: number },
  ) => {
    await host.step('first', () => work({ first: true }), at);
    const last = await host.repeat(
      'r',
      async (h, index) => {
        await round(h, rounds[index % rounds.length] ?? [], index, '');
        return index;
      },
      (index) => index >= after,
      { ...at, max: 1000, ...(delay ? { delay: '1ms' } : {}) },
    );
    await host.step('last', () => work({ last, now: host.now(), fails: fail ? 9 : 0 }), at);
    return { last, drawn: host.random() };
  },
);

interface Seen {
  readonly done: string[];
  readonly runtime: ReactiveSystemRuntime;
}

function open(store: Store, clock: SimulatedClock, done: string[], more: Partial<RuntimeOptions> = {}): Seen {
  const system = bind({
    events: [tick],
    flows: [flow, waiting],
    tasks: [
      code(work, (asked: { fails?: number }, { attempt, idempotencyKey }) => {
        if (attempt <= (asked.fails ?? 0)) throw new NonRetryableError(`no ${JSON.stringify(asked)}`, { code: 'NO' });
        done.push(`${idempotencyKey} ${JSON.stringify(asked)}`);
        return asked;
      }),
      code(back, (asked: object) => void done.push(`back ${JSON.stringify(asked)}`)),
    ],
  });
  return {
    done,
    runtime: new ReactiveSystemRuntime(system, {
      store,
      clock,
      logger: silentLogger,
      random,
      ...more,
    }),
  };
}

const waiting = anyFlow('waiting', (host) =>
  host.repeat(
    'r',
    (h) => h.receive('tick', tick, { ...at, match: () => ({ k: 1 }) }),
    (p) => (p as { end?: boolean }).end === true,
    { ...at, max: 100_000 },
  ),
);

const kinds = ['step', 'undone', 'passed', 'inner', 'draw', 'attempt', 'map'] as const;
const shape = fc.record({
  rounds: fc.array(fc.array(fc.constantFrom(...kinds), { maxLength: 3 }), { minLength: 1, maxLength: 4 }),
  delay: fc.boolean(),
  fail: fc.boolean(),
  after: fc.integer({ min: 5, max: 40 }),
  compactAfter: fc.integer({ min: 1, max: 40 }),
  /** After how many commits the process dies, again and again. */
  dies: fc.integer({ min: 5, max: 60 }),
});

async function whole(asked: object, more: Partial<RuntimeOptions>, dies = Infinity): Promise<object> {
  const store = openMemory();
  const clock = new SimulatedClock();
  const done: string[] = [];
  for (let life = 0; life < 2000; life++) {
    store.transaction((tx) => tx.owner.release());
    const { runtime } = open(store, clock, done, more);
    if (life === 0) await runtime.start('loop', asked, { id: 'r' });
    if (dies !== Infinity) {
      const transaction = store.transaction.bind(store);
      let left = dies;
      store.transaction = (unit) => {
        if (left-- === 0) {
          runtime.abandon();
          throw new Error('It has died.');
        }
        return transaction(unit);
      };
      const over = await live(runtime, clock, true);
      store.transaction = transaction;
      if (!over) continue;
    } else await live(runtime, clock, false);
    const { status, output, error, errors } = await runtime.result('r');
    await runtime.close();
    expect(checkDatabase(store)).toEqual([]);
    const lines = store.tables.journal.of('r');
    return {
      status,
      output,
      error: error?.message,
      errors,
      done: [...new Set(done)].sort(),
      order: done.filter((line) => line.startsWith('back')),
      lines: lines.length,
    };
  }
  throw new Error('It has no end.');
}

/** Lets time go on until the run has ended; false when the process dies. */
async function live(runtime: ReactiveSystemRuntime, clock: SimulatedClock, pauses: boolean): Promise<boolean> {
  try {
    for (let turn = 0; turn < 5000; turn++) {
      await runtime.idle();
      const status = runtime.status('r')?.status;
      if (status !== 'running' && status !== 'waiting' && status !== 'paused') return true;
      if (pauses && turn % 3 === 1 && status !== 'paused') await runtime.pause('r').catch(() => {});
      await clock.advance(1);
      if (runtime.status('r')?.status === 'paused') await runtime.resume('r');
    }
    throw new Error('It takes too long.');
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('It takes')) throw error;
    return false;
  }
}

const timeless = (result: object): string => JSON.stringify(result).replaceAll(/\\"now\\":\d+/g, '');
const random = seededRandom(1);
const runs = Number(process.env['COMPACT_RUNS'] ?? 80);

it('changes nothing but the journal: output, failures, keys, undos and their order are those of a run that keeps all', async () => {
  let shorter = 0;
  await fc.assert(
    fc.asyncProperty(shape, async ({ compactAfter, dies, ...asked }) => {
      const { lines: all, ...expected } = (await whole(asked, { compactAfter: Infinity })) as { lines: number };
      const { lines, ...result } = (await whole(asked, { compactAfter })) as { lines: number };
      expect(result).toEqual(expected);
      expect(lines).toBeLessThanOrEqual(all + 1);
      if (lines < all) shorter++;
      const { lines: _, ...again } = (await whole(asked, { compactAfter }, dies)) as { lines: number };
      const { order: _o, ...rest } = again as { order: unknown };
      const { order: _e, ...wanted } = expected as { order: unknown };
      // A pause takes time, which the flow sees.
      expect(timeless(rest)).toEqual(timeless(wanted));
    }),
    { numRuns: runs },
  );
  expect(shorter).toBeGreaterThan(runs / 5);
}, 60_000);

it('bounds the journal of a long loop, and says how many rounds were let go', async () => {
  const store = openSqlite(':memory:');
  const clock = new SimulatedClock();
  const { runtime } = open(store, clock, [], { compactAfter: 100 });
  const { status } = await runtime.executeFlow(
    'loop',
    { rounds: [['step']], delay: false, fail: false, after: 999 },
    { id: 'r' },
  );
  expect(status).toBe('completed');
  const steps = runtime.reader.steps('r');
  expect(steps.length).toBeLessThan(75);
  const gone = steps.find(({ kind }) => kind === 'repeat');
  expect(gone).toMatchObject({ path: 'r', status: 'completed' });
  const { letGo = 0 } = (gone?.output ?? {}) as { letGo?: number };
  expect(letGo).toBeGreaterThan(900);
  expect(steps.filter(({ path }) => path.startsWith('r[')).map(({ path }) => path)).toEqual(
    Array.from({ length: 1000 - letGo }, (_, n) => `r[${letGo + n}]/s0`),
  );
  await runtime.close();
});

it('refuses code that ends a loop before the rounds that were let go', async () => {
  const store = openMemory();
  const clock = new SimulatedClock();
  const first = open(store, clock, [], { compactAfter: 20 }).runtime;
  await first.start('waiting', {}, { id: 'r' });
  for (let n = 0; n < 50; n++) await first.sendEvent('tick', { k: 1, n });
  await first.idle();
  first.abandon();
  store.transaction((tx) => tx.owner.release());
  expect(store.tables.journal.of('r').some(({ kind }) => kind === 'compacted')).toBe(true);
  const shorter = anyFlow('waiting', (host) =>
    host.repeat(
      'r',
      (h) => h.receive('tick', tick, { ...at, match: () => ({ k: 1 }) }),
      () => false,
      { ...at, max: 5 },
    ),
  );
  const second = new ReactiveSystemRuntime(bind({ events: [tick], flows: [shorter, flow] }), {
    store,
    clock,
    logger: silentLogger,
  });
  await second.sendEvent('tick', { k: 1 });
  expect(await second.result('r')).toMatchObject({ status: 'blocked', error: { code: 'MR3205' } });
  await second.close();
  const third = open(store, clock, []).runtime;
  await third.sendEvent('tick', { k: 1, end: true });
  expect(await third.result('r')).toMatchObject({ status: 'completed', output: { k: 1, end: true } });
  await third.close();
});

it('goes back to a round that is there or to the loop as a whole, and into none that was let go', async () => {
  const store = openMemory();
  const done: string[] = [];
  const { runtime } = open(store, new SimulatedClock(), done, { compactAfter: 20 });
  const asked = { rounds: [['step'], ['undone']], delay: false, fail: true, after: 39 };
  expect(await runtime.executeFlow('loop', asked, { id: 'r' })).toMatchObject({ status: 'failed' });
  const lines = store.tables.journal.of('r');
  const line = lines.find(({ kind }) => kind === 'compacted');
  const { rounds, upTo } = JSON.parse(line?.data ?? '') as { rounds: number; upTo: number };
  expect(rounds).toBeGreaterThan(10);
  const refused = expect.objectContaining({ code: 'MR3521' });
  // Round 3 stays, for its undo; what came after it does not.
  for (const step of ['r[1]/s0', 'r[3]/s0', `r[${rounds - 1}]/s0`]) {
    await expect(runtime.retry('r', { fromStep: step })).rejects.toThrow(refused);
    await expect(runtime.fork('r', { fromStep: step })).rejects.toThrow(refused);
  }
  const old = lines.find(({ kind, seq }) => kind === 'completed' && seq < upTo);
  await expect(runtime.fork('r', { at: old?.seq ?? 0 })).rejects.toThrow(refused);
  const last = lines.findLast(
    ({ kind, path, seq }) => kind === 'completed' && path.startsWith('r[') && seq > (line?.seq ?? 0),
  );
  const forked = await runtime.fork('r', { fromStep: 'r', id: 'again' });
  expect(await runtime.result(forked.runId)).toMatchObject({ status: 'failed' });
  expect(last).toBeDefined();
  await runtime.close();
});

it('forks after a checkpoint in a round that is there, and does none of the earlier ones again', async () => {
  const store = openMemory();
  const done: string[] = [];
  const { runtime } = open(store, new SimulatedClock(), done, { compactAfter: 20 });
  await runtime.executeFlow('loop', { rounds: [['step']], delay: false, fail: false, after: 39 }, { id: 'r' });
  const lines = store.tables.journal.of('r');
  const { rounds, upTo } = JSON.parse(lines.find(({ kind }) => kind === 'compacted')?.data ?? '') as {
    rounds: number;
    upTo: number;
  };
  const [checkpoint] = lines.filter(({ kind, seq }) => kind === 'completed' && seq > upTo);
  expect(checkpoint?.path).toBe(`r[${rounds}]/s0`);
  const before = done.length;
  const { runId } = await runtime.fork('r', { at: checkpoint?.seq ?? 0 });
  expect(await runtime.result(runId)).toMatchObject({ status: 'completed', output: { last: 39 } });
  // The rounds after the checkpoint, and the step after the loop.
  expect(done.length - before).toBe(39 - rounds + 1);
  await runtime.close();
});
