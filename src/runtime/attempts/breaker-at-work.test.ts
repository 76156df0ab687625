import { describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { NonRetryableError } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import type { RuntimeEvent } from '../index.ts';
import { anyTask, code } from '../fixtures/bind.ts';
import { each, endAll, gated, settled } from '../fixtures/gated.ts';
import { open } from '../fixtures/noting-tasks.ts';

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
