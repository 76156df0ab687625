import { describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { NonRetryableError } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import type { RuntimeEvent } from '../index.ts';
import { anyFlow, anyTask, at, code } from '../fixtures/bind.ts';
import { open } from '../fixtures/noting-tasks.ts';

/** Attempts that end when the test says so. */
function gated(policy: Parameters<typeof anyTask>[1], name = 'work') {
  const task = anyTask(name, policy);
  const begun: string[] = [];
  const under = new Map<string, (value: unknown) => void>();
  let most = 0;
  const implementation = code(
    task,
    (what: string, { signal }) =>
      new Promise((resolve, reject) => {
        begun.push(what);
        under.set(what, (value) => {
          under.delete(what);
          resolve(value);
        });
        signal.addEventListener('abort', () => {
          under.delete(what);
          reject(new Error('aborted'));
        });
        most = Math.max(most, under.size);
      }),
  );
  return { task, begun, under, implementation, most: () => most };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Ends one attempt after the other, the oldest first. */
async function endAll(under: ReadonlyMap<string, (value: unknown) => void>): Promise<void> {
  while (under.size > 0) {
    [...under.values()][0]?.('done');
    await settled();
  }
}

const each = (task: ReturnType<typeof anyTask>) =>
  anyFlow('each', (host, items: string[]) =>
    host.map(
      'm',
      () => items,
      (part, item) => part.step('s', () => task(item), at),
      { ...at, concurrency: 1000 },
    ),
  );

describe('concurrency', () => {
  it('lets so many attempts of a task begin, and the runs take turns', async () => {
    const { task, begun, under, implementation, most } = gated({ concurrency: 2 });
    const runtime = open({ tasks: [implementation], flows: [each(task)] });
    const big = await runtime.start('each', ['a1', 'a2', 'a3', 'a4', 'a5']);
    await settled();
    const small = await runtime.start('each', ['b1', 'b2']);
    await settled();
    expect(begun).toEqual(['a1', 'a2']);
    expect(runtime.limits()).toEqual({ tasks: { work: { inUse: 2, concurrency: 2, waiting: 5 } } });
    await endAll(under);
    expect((await runtime.result(big.runId)).success).toBe(true);
    expect((await runtime.result(small.runId)).success).toBe(true);
    expect(begun).toEqual(['a1', 'a2', 'a3', 'b1', 'a4', 'b2', 'a5']);
    expect(most()).toBe(2);
    await runtime.close();
  });

  it('gives its place up when the run is cancelled or paused, and asks again after resume', async () => {
    const { task, begun, under, implementation } = gated({ concurrency: 1 });
    const runtime = open({ tasks: [implementation], flows: [each(task)] });
    const first = await runtime.start('each', ['a']);
    await settled();
    const second = await runtime.start('each', ['b']);
    const third = await runtime.start('each', ['c']);
    await settled();
    expect(runtime.limits().tasks['work']).toMatchObject({ inUse: 1, waiting: 2 });
    await runtime.cancel(second.runId);
    expect(await runtime.result(second.runId)).toMatchObject({ status: 'cancelled' });
    await runtime.pause(third.runId);
    expect(runtime.limits().tasks['work']).toMatchObject({ inUse: 1, waiting: 0 });
    under.get('a')?.('A');
    await runtime.result(first.runId);
    await settled();
    expect(begun).toEqual(['a']);
    await runtime.resume(third.runId);
    await settled();
    under.get('c')?.('C');
    expect(await runtime.result(third.runId)).toMatchObject({ success: true, output: ['C'] });
    expect(begun).toEqual(['a', 'c']);
    await runtime.close();
  });

  it('does not count the wait as part of the attempt, but as part of the run', async () => {
    const clock = new SimulatedClock();
    const { task, under, implementation } = gated({ concurrency: 1, timeout: '40s' });
    const limited = anyFlow('limited', (host, item: string) => host.step('s', () => task(item), at), { timeout: '1m' });
    const runtime = open({ tasks: [implementation], flows: [each(task), limited] }, { clock });
    const first = await runtime.start('each', ['a']);
    await settled();
    const second = await runtime.start('each', ['b']);
    const late = await runtime.start('limited', 'late');
    await settled();
    await clock.advance('30s');
    under.get('a')?.('A');
    expect((await runtime.result(first.runId)).success).toBe(true);
    await settled();
    // Its 40 s begin now, after 30 s of waiting.
    await clock.advance('29s');
    expect([...under.keys()]).toEqual(['b']);
    expect(runtime.status(late.runId)?.status).toBe('running');
    await clock.advance('1s');
    expect(await runtime.result(late.runId)).toMatchObject({ status: 'failed', error: { code: 'MR3217' } });
    await clock.advance('9s');
    expect([...under.keys()]).toEqual(['b']);
    await clock.advance('1s');
    expect(await runtime.result(second.runId)).toMatchObject({ status: 'failed', error: { code: 'MR3103' } });
    expect(runtime.limits().tasks['work']).toMatchObject({ inUse: 0, waiting: 0 });
    await runtime.close();
  });
});

describe('priority', () => {
  it('is that of the task, then of the run, and children have that of their parent', async () => {
    const low = gated({ priority: -1 }, 'low');
    const high = gated({ priority: 1 }, 'high');
    const inner = anyFlow('inner', (host, item: string) => host.step('s', () => low.task(item), at));
    const outer = anyFlow('outer', (host, item: string) => host.child('c', () => inner.contract(item), at));
    const runtime = open(
      { tasks: [low.implementation, high.implementation], flows: [inner, outer] },
      { concurrency: 1 },
    );
    const begun: string[] = [];
    runtime.on((event) => {
      if (event.type === 'attempt.started') begun.push(event.runId);
    });
    const runs = [
      await runtime.start('inner', 'blocker', { id: 'blocker' }),
      await settled().then(() => runtime.start('inner', 'plain', { id: 'plain' })),
      await runtime.start('outer', 'urgent', { id: 'urgent', priority: 5 }),
    ];
    const task = runtime.executeTask('high', 'task', { id: 'task', priority: -9 });
    await settled();
    expect(runtime.limits()).toMatchObject({ runtime: { inUse: 1, waiting: 3, concurrency: 1 } });
    for (const under of [low.under, high.under, low.under, low.under]) {
      [...under.values()][0]?.('done');
      await settled();
    }
    expect(begun).toEqual(['blocker', 'task', 'urgent/c', 'plain']);
    for (const { runId } of runs) expect((await runtime.result(runId)).success).toBe(true);
    expect((await task).success).toBe(true);
    await runtime.close();
  });
});

describe('rateLimit', () => {
  const run = async (clock: SimulatedClock, items: number, policy: Parameters<typeof anyTask>[1]) => {
    const starts: number[] = [];
    const task = anyTask('call', policy);
    const from = clock.now();
    const implementation = code(task, () => starts.push(clock.now() - from));
    const runtime = open({ tasks: [implementation], flows: [each(task)] }, { clock });
    const { runId } = await runtime.start('each', Array.from({ length: items }, String));
    await runtime.idle();
    return { runtime, runId, starts };
  };

  it('lets so many begin in any span, and waiting for that is rest', async () => {
    const clock = new SimulatedClock();
    const { runtime, runId, starts } = await run(clock, 7, { rateLimit: { limit: 3, per: '10s' } });
    expect(starts).toEqual([0, 0, 0]);
    expect(runtime.status(runId)?.status).toBe('running');
    expect(runtime.limits().tasks['call']).toMatchObject({
      waiting: 4,
      rates: [{ limit: 3, per: 10_000, used: 3, ready: clock.now() + 10_000 }],
    });
    await clock.advance('1m');
    await runtime.idle();
    expect(starts).toEqual([0, 0, 0, 10_000, 10_000, 10_000, 20_000]);
    expect((await runtime.result(runId)).success).toBe(true);
    await runtime.close();
  });

  it('knows several limits at once', async () => {
    const clock = new SimulatedClock();
    const { runtime, starts } = await run(clock, 7, {
      rateLimit: [
        { limit: 2, per: '1s' },
        { limit: 5, per: '1m' },
      ],
    });
    await clock.advance('2m');
    await runtime.idle();
    expect(starts).toEqual([0, 0, 1000, 1000, 2000, 60_000, 60_000]);
    await runtime.close();
  });

  it('goes on when the clock is set back', async () => {
    const clock = new SimulatedClock();
    const seen: number[] = [];
    let shift = 0;
    const jumping = {
      now: () => clock.now() + shift,
      at: (time: number, ring: () => void) => clock.at(time - shift, ring),
    };
    const task = anyTask('call', { rateLimit: { limit: 1, per: '1m' } });
    const runtime = open(
      { tasks: [code(task, () => seen.push(clock.now()))], flows: [each(task)] },
      { clock: jumping },
    );
    const { runId } = await runtime.start('each', ['a', 'b']);
    await runtime.idle();
    const began = clock.now();
    shift = -3_600_000;
    // Any commit looks at the clock: of a process there is one with each sign of life.
    await runtime.start('each', []);
    await runtime.idle();
    await clock.advance('1m');
    expect((await runtime.result(runId)).success).toBe(true);
    expect(seen).toEqual([began, began + 60_000]);
    await runtime.close();
  });

  it('holds across restarts', async () => {
    const clock = new SimulatedClock();
    const store = openSqlite(':memory:');
    const starts: number[] = [];
    const from = clock.now();
    const task = anyTask('call', { rateLimit: { limit: 2, per: '1h' } });
    const parts = { tasks: [code(task, () => starts.push(clock.now() - from))], flows: [each(task)] };
    const first = open(parts, { store, db: undefined, clock });
    const { runId } = await first.start('each', ['a', 'b', 'c']);
    await first.idle();
    first.abandon();
    store.transaction((tx) => tx.owner.release());
    await clock.advance('30m');
    const second = open(parts, { store, db: undefined, clock });
    await second.idle();
    expect(starts).toEqual([0, 0]);
    await clock.advance('30m');
    expect(starts).toEqual([0, 0]);
    // A start may have been as late as a second after it was written down.
    await clock.advance('1s');
    expect((await second.result(runId)).success).toBe(true);
    expect(starts).toEqual([0, 0, 3_601_000]);
    await second.close();
  });
});

describe('queue', () => {
  it('refuses what has no place to wait, as a failure that may be retried', async () => {
    const clock = new SimulatedClock();
    const { task, under, implementation } = gated({ concurrency: 1, queue: 1, retry: { attempts: 2, delay: '1m' } });
    const runtime = open({ tasks: [implementation], flows: [each(task)] }, { clock });
    const runs = [];
    for (const item of ['a', 'b', 'c']) runs.push(await runtime.start('each', [item]));
    await settled();
    const events = runtime.list().map(({ id }) => runtime.reader.steps(id));
    expect(events.flat().filter(({ error }) => error?.code === 'MR3121')).toHaveLength(1);
    await endAll(under);
    await clock.advance('1m');
    await settled();
    await endAll(under);
    for (const { runId } of runs) expect((await runtime.result(runId)).success).toBe(true);
    await runtime.close();
  });

  it('of the whole process counts what waits for any task', async () => {
    const one = gated({}, 'one');
    const other = gated({}, 'other');
    const runtime = open({ tasks: [one.implementation, other.implementation] }, { concurrency: 1, queue: 0 });
    const first = runtime.executeTask('one', 'a');
    await settled();
    expect(await runtime.executeTask('other', 'b')).toMatchObject({
      success: false,
      error: { code: 'MR3121', retryable: true, fault: 'environment', details: { queue: 0 } },
    });
    one.under.get('a')?.('A');
    expect((await first).success).toBe(true);
    await runtime.close();
  });
});

describe('breaker', () => {
  const setup = (policy: Parameters<typeof anyTask>[1], more: object = {}) => {
    const clock = new SimulatedClock();
    const from = clock.now();
    const calls: [string, number][] = [];
    const told: string[] = [];
    const state = { fails: true as boolean | 'declined' };
    const task = anyTask('call', policy);
    const implementation = code(task, (what: string) => {
      calls.push([what, clock.now() - from]);
      if (state.fails === 'declined') throw new NonRetryableError('no', { code: 'DECLINED' });
      if (state.fails) throw new Error('down');
      return what;
    });
    const parts = { tasks: [implementation], flows: [each(task)] };
    const runtime = open(parts, { clock, ...more });
    runtime.on((event: RuntimeEvent) => {
      if (event.type.startsWith('breaker')) told.push(`${event.type} ${clock.now() - from}`);
    });
    return { clock, from, calls, told, state, runtime, parts };
  };

  it('opens after so many failures, refuses, lets a probe through, and closes', async () => {
    const { clock, calls, told, state, runtime, from } = setup({ breaker: { failures: 2, reset: '30s' } });
    expect(await runtime.executeTask('call', 'a')).toMatchObject({ error: { code: 'MR3100' } });
    expect(runtime.limits().tasks['call']?.breaker).toEqual({ state: 'closed' });
    expect(await runtime.executeTask('call', 'b')).toMatchObject({ error: { code: 'MR3100' } });
    expect(runtime.limits().tasks['call']?.breaker).toEqual({ state: 'open', until: from + 30_000 });
    expect(await runtime.executeTask('call', 'c')).toMatchObject({
      error: { code: 'MR3120', retryable: true, fault: 'environment', details: { until: from + 30_000 } },
    });
    await clock.advance('30s');
    expect(runtime.limits().tasks['call']?.breaker).toEqual({ state: 'halfOpen' });
    expect(await runtime.executeTask('call', 'd')).toMatchObject({ error: { code: 'MR3100' } });
    expect(await runtime.executeTask('call', 'e')).toMatchObject({ error: { code: 'MR3120' } });
    await clock.advance('30s');
    state.fails = false;
    expect((await runtime.executeTask('call', 'f')).success).toBe(true);
    expect(runtime.limits().tasks['call']?.breaker).toEqual({ state: 'closed' });
    expect(calls.map(([what]) => what).join('')).toBe('abdf');
    expect(told).toEqual([
      'breaker.opened 0',
      'breaker.halfOpened 30000',
      'breaker.opened 30000',
      'breaker.halfOpened 60000',
      'breaker.closed 60000',
    ]);
    await runtime.close();
  });

  it('makes a step with retries wait at least until it lets something through', async () => {
    const { clock, calls, state, runtime } = setup({
      breaker: { failures: 1, reset: '10m' },
      retry: { attempts: 3, delay: '1s', backoff: 'fixed' },
    });
    const { runId } = await runtime.start('each', ['a']);
    await runtime.idle();
    await clock.advance('5m');
    state.fails = false;
    // Refused after a second, it is not tried again before the 10 minutes are over.
    expect(runtime.reader.steps(runId).find(({ attempts }) => attempts > 1)).toMatchObject({
      attempts: 2,
      status: 'waiting',
    });
    await clock.advance('5m');
    expect(await runtime.result(runId)).toMatchObject({ success: true });
    expect(calls).toEqual([
      ['a', 0],
      ['a', 600_000],
    ]);
    await runtime.close();
  });

  it('takes a failure that may not be retried for an answer', async () => {
    const { runtime, state, calls } = setup({ breaker: { failures: 2, reset: '30s' } });
    state.fails = 'declined';
    for (const item of ['a', 'b', 'c']) await runtime.executeTask('call', item);
    expect(calls).toHaveLength(3);
    expect(runtime.limits().tasks['call']?.breaker).toEqual({ state: 'closed' });
    await runtime.close();
  });

  it('refuses those who wait when it opens, and holds the others while the probe is under way', async () => {
    const clock = new SimulatedClock();
    const { task, begun, under, implementation } = gated({ concurrency: 1, breaker: { failures: 1, reset: '1m' } });
    const runtime = open({ tasks: [implementation], flows: [each(task)] }, { clock });
    const fails = (what: string): void => under.get(what)?.(Promise.reject(new Error('down')));
    const first = runtime.executeTask('work', 'a');
    const second = runtime.executeTask('work', 'b');
    await settled();
    fails('a');
    expect(await first).toMatchObject({ error: { code: 'MR3100' } });
    expect(await second).toMatchObject({ error: { code: 'MR3120' } });
    await clock.advance('1m');
    const probe = runtime.executeTask('work', 'c');
    const others = ['d', 'e'].map((item) => runtime.executeTask('work', item));
    await settled();
    expect(begun).toEqual(['a', 'c']);
    under.get('c')?.('C');
    await probe;
    await settled();
    await endAll(under);
    for (const other of others) expect((await other).success).toBe(true);
    await runtime.close();
  });

  it('stays open over a restart', async () => {
    const store = openSqlite(':memory:');
    const { runtime, clock, parts, calls, from } = setup(
      { breaker: { failures: 1, reset: '1h' } },
      { store, db: undefined },
    );
    await runtime.executeTask('call', 'a');
    await runtime.close();
    const again = open(parts, { store, db: undefined, clock });
    expect(again.limits().tasks['call']?.breaker).toEqual({ state: 'open', until: from + 3_600_000 });
    expect(await again.executeTask('call', 'b')).toMatchObject({ error: { code: 'MR3120' } });
    expect(calls).toHaveLength(1);
    await again.close();
  });
});

describe('limits that make no sense', () => {
  it.each([
    [{ concurrency: 0 }, 'concurrency'],
    [{ concurrency: 1.5 }, 'concurrency'],
    [{ queue: -1, concurrency: 1 }, 'queue'],
    [{ rateLimit: { limit: 0, per: '1s' } }, 'rateLimit.limit'],
    [{ rateLimit: { limit: 1, per: '0s' } }, 'rateLimit.per'],
  ] as const)('are refused before anything is opened: %j', (limits, what) => {
    expect(() => open({}, limits)).toThrow(
      expect.objectContaining({ code: 'MR3275', message: expect.stringContaining(`'${what}' of the runtime`) }),
    );
    const task = anyTask('t', limits);
    expect(() => open({ unimplemented: [task] })).toThrow(expect.objectContaining({ code: 'MR3275' }));
  });

  it.each([
    [{ failures: 0, reset: '1s' }, 'breaker.failures'],
    [{ failures: 1, reset: '0s' }, 'breaker.reset'],
    [{ failures: 1, reset: '1s', rate: 0.5 }, 'breaker.per'],
    [{ failures: 1, reset: '1s', rate: 1.5, per: '1m' }, 'breaker.rate'],
    [{ failures: 1, reset: '1s', halfOpen: 0 }, 'breaker.halfOpen'],
  ] as const)('are refused of a breaker: %j', (breaker, what) => {
    expect(() => open({ unimplemented: [anyTask('t', { breaker })] })).toThrow(
      expect.objectContaining({ code: 'MR3275', message: expect.stringContaining(`'${what}' of task 't'`) }),
    );
  });
});
