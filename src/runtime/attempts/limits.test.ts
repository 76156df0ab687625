import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flowContract } from 'millrace/flow';
import { SimulatedClock } from 'millrace/testing';
import { anyFlow, anyTask, at } from '../fixtures/bind.ts';
import { each, endAll, gated, settled } from '../fixtures/gated.ts';
import { open } from '../fixtures/noting-tasks.ts';

describe('concurrency', () => {
  it('lets so many attempts of a task begin, and the runs take turns', async () => {
    const { task, begun, under, implementation, most } = gated({ concurrency: 2 });
    const runtime = open({ tasks: [implementation], flows: [each(task)] });
    const told: unknown[] = [];
    runtime.on((event) => {
      if (event.type === 'step.throttled') told.push([event.runId, event.step, event.target, event.attempt, event.by]);
    });
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
    expect(told).toHaveLength(5);
    expect(told.at(-1)).toEqual([small.runId, 'm[1]/s', 'work', 1, 'concurrency']);
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

describe('the time that all attempts of a step have together', () => {
  it('goes on while it waits for its turn', async () => {
    const clock = new SimulatedClock();
    const { task, begun, under, implementation } = gated({ concurrency: 1, timeout: '1h', totalTimeout: '30m' });
    const runtime = open({ tasks: [implementation], flows: [each(task)] }, { clock });
    const first = await runtime.start('each', ['a']);
    await settled();
    await clock.advance('10m');
    const second = await runtime.start('each', ['b']);
    await settled();
    await clock.advance('10m');
    under.get('a')?.('A');
    expect((await runtime.result(first.runId)).success).toBe(true);
    await settled();
    const third = await runtime.start('each', ['c']);
    await settled();
    await clock.advance('20m');
    expect(await runtime.result(second.runId)).toMatchObject({ status: 'failed', error: { code: 'MR3131' } });
    await settled();
    const fourth = await runtime.start('each', ['d']);
    await settled();
    await clock.advance('10m');
    expect(await runtime.result(third.runId)).toMatchObject({ status: 'failed', error: { code: 'MR3131' } });
    await settled();
    under.get('d')?.('D');
    expect((await runtime.result(fourth.runId)).success).toBe(true);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    const blocker = await runtime.start('each', ['e']);
    const waiting = await runtime.start('each', ['f'], { id: 'waits' });
    await settled();
    await clock.advance('29m');
    expect(runtime.limits().tasks['work']).toMatchObject({ inUse: 1, waiting: 1 });
    await clock.advance('1m');
    expect(await runtime.result(waiting.runId)).toMatchObject({ error: { code: 'MR3131' } });
    expect(await runtime.result(blocker.runId)).toMatchObject({ error: { code: 'MR3131' } });
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
    await runtime.close();
  });
});

describe('priority', () => {
  it('is that of the task, then of the run, and children have that of their parent', async () => {
    const low = gated({ priority: -1 }, 'low');
    const high = gated({ priority: 1 }, 'high');
    const called = flowContract('inner', { input: z.any(), source: 'test.dsl.ts:10:1' });
    const inner = anyFlow('inner', (host, item: string) => host.step('s', () => low.task(item), at), {
      contract: called,
    });
    const outer = anyFlow('outer', (host, item: string) => host.child('c', () => called(item), at));
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

describe('limits that make no sense', () => {
  it.each([1.5, Number.NaN, Infinity])('are refused as the priority of a run: %d', async (priority) => {
    const runtime = open({ flows: [anyFlow('none', () => Promise.resolve(1))] });
    await expect(runtime.start('none', null, { priority })).rejects.toMatchObject({ code: 'MR3276', retryable: false });
    expect(runtime.list()).toEqual([]);
    await runtime.close();
  });

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
