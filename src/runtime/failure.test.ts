import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flowContract, taskContract } from 'millrace/flow';
import { openSqlite } from 'millrace/store';
import { SimulatedClock } from 'millrace/testing';
import { ReactiveSystemRuntime } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, code } from './fixtures/bind.ts';
import { back, bad, ok, open, slow, tasks } from './fixtures/noting-tasks.ts';

describe('retries', () => {
  const flaky = anyTask('flaky', { retry: { attempts: 4, backoff: 'exponential', delay: '10s' } });

  it('waits by its policy, and a restart loses neither the count nor the wait', async () => {
    const clock = new SimulatedClock();
    const tries: [number, number, string][] = [];
    const start = clock.now();
    const parts = {
      tasks: [
        code(flaky, (_, { attempt, idempotencyKey }) => {
          tries.push([attempt, clock.now() - start, idempotencyKey]);
          if (attempt < 4) throw new Error(`no ${attempt}`);
          return 'yes';
        }),
      ],
      flows: [anyFlow('f', (host) => host.step('x', () => flaky(), at))],
    };
    const store = openSqlite(':memory:');
    const first = open(parts, { store, db: undefined, clock });
    const { runId } = await first.start('f');
    await first.idle();
    await clock.advance('10s');
    await clock.advance('15s');
    first.abandon();
    store.transaction((tx) => tx.owner.release());
    const second = open(parts, { store, db: undefined, clock });
    await second.idle();
    expect(second.status(runId)?.status).toBe('waiting');
    await clock.advance('1h');
    const result = await second.result(runId);
    expect(result).toMatchObject({ success: true, output: 'yes', stepResults: { x: { attempts: 4 } } });
    expect(tries.map(([attempt, time]) => [attempt, time])).toEqual([
      [1, 0],
      [2, 10_000],
      [3, 30_000],
      [4, 70_000],
    ]);
    expect(new Set(tries.map(([, , key]) => key)).size).toBe(1);
    await second.close();
  });

  it('stops at once when the error says that it is of no use, and times out an attempt', async () => {
    const quick = anyTask('quick', { retry: { attempts: 3, delay: '1ms' }, timeout: '10ms' });
    const seen: string[] = [];
    const runtime = open({
      tasks: [
        ...tasks(seen),
        code(
          quick,
          (_: unknown, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('late'))),
        ),
      ],
    });
    expect(await runtime.executeTask('bad', 'x')).toMatchObject({
      taskId: 'bad',
      success: false,
      retries: 0,
      error: { code: 'BAD' },
    });
    expect(await runtime.executeTask('quick')).toMatchObject({ success: false, retries: 2, error: { code: 'MR3103' } });
    expect(await runtime.executeTask('ok', 'sync')).toMatchObject({ success: true, output: 'sync', retries: 0 });
    await expect(runtime.executeTask('nobody')).rejects.toMatchObject({ code: 'MR3219' });
    await runtime.close();
  });
});

describe('cancel and timeout', () => {
  it('aborts the attempt, undoes, and says so once', async () => {
    const seen: string[] = [];
    const flow = anyFlow('f', async (host) => {
      await host.step('one', () => ok('one'), at);
      host.undo('one', () => back('one'), at);
      return host.attempt(
        'try',
        (h) => h.step('long', () => slow('long'), at),
        async (h) => h.step('handler', () => ok('handler'), at),
        at,
      );
    });
    const runtime = open({ tasks: tasks(seen), flows: [flow] });
    const told: string[] = [];
    runtime.on((event) => told.push(event.type));
    const { runId } = await runtime.start('f');
    await expect.poll(() => seen).toContain('long');
    expect(await runtime.cancel(runId)).toEqual({ runId, accepted: true });
    expect(await runtime.result(runId)).toMatchObject({
      status: 'cancelled',
      success: false,
      error: { code: 'MR3203' },
    });
    expect(seen).toEqual(['one', 'long', 'aborted long', 'back one']);
    expect(await runtime.cancel(runId)).toEqual({ runId, accepted: false });
    await expect(runtime.cancel('nobody')).rejects.toMatchObject({ code: 'MR3208' });
    expect(told.filter((type) => type.startsWith('run.'))).toEqual(['run.started', 'run.stopping', 'run.cancelled']);
    await runtime.close();
  });

  it('takes an AbortSignal', async () => {
    const seen: string[] = [];
    const abort = new AbortController();
    const runtime = open({ tasks: tasks(seen), flows: [anyFlow('f', (host) => host.step('x', () => slow('x'), at))] });
    const running = runtime.executeFlow('f', undefined, { signal: abort.signal });
    await expect.poll(() => seen).toContain('x');
    abort.abort();
    expect(await running).toMatchObject({ status: 'cancelled' });
    await runtime.close();
  });

  it('ends a run that takes too long, with its undos and its handler', async () => {
    const seen: string[] = [];
    const clock = new SimulatedClock();
    const never = anyEvent('never');
    const flow = anyFlow(
      'f',
      async (host) => {
        await host.step('one', () => ok('one'), at);
        host.undo('one', () => back('one'), at);
        await host.receive('forever', never, at);
      },
      { timeout: '1h', onFailure: ({ error }) => ok(`failed with ${error.code}`) },
    );
    const runtime = open({ tasks: tasks(seen), flows: [flow], events: [never] }, { clock });
    const { runId } = await runtime.start('f');
    await runtime.idle();
    await clock.advance('1h');
    expect(await runtime.result(runId)).toMatchObject({ status: 'failed', error: { code: 'MR3217' } });
    expect(seen).toEqual(['one', 'back one', 'failed with MR3217']);
    await runtime.close();
  });
});

describe('child runs', () => {
  it('gives the result or the error to the parent, passes a cancel on and waits for it', async () => {
    const seen: string[] = [];
    const inner = flowContract('inner', { input: z.string(), output: z.string(), source: 'test.dsl.ts:5:1' });
    const parts = {
      tasks: tasks(seen),
      flows: [
        anyFlow(
          'inner',
          async (host, input: string) => {
            await host.step('first', () => ok(`inner ${input}`), at);
            host.undo('first', () => back(`inner ${input}`), at);
            if (input === 'bad') await host.step('x', () => bad('inner'), at);
            if (input === 'slow') await host.step('x', () => slow('slow'), at);
            return input.toUpperCase();
          },
          { contract: inner },
        ),
        anyFlow('outer', (host, input: string) => host.child('kid', () => inner(input), at)),
      ],
    };
    const runtime = open(parts);
    expect(await runtime.executeFlow('outer', 'good', { id: 'p' })).toMatchObject({ output: 'GOOD' });
    expect(runtime.status('p/kid')).toMatchObject({ status: 'completed', parent: 'p' });
    expect(await runtime.executeFlow('outer', 'bad')).toMatchObject({
      status: 'failed',
      error: { code: 'BAD', message: 'inner' },
    });
    const { runId } = await runtime.start('outer', 'slow');
    await expect.poll(() => seen).toContain('slow');
    await runtime.cancel(runId);
    expect(await runtime.result(runId)).toMatchObject({ status: 'cancelled' });
    expect(runtime.status(`${runId}/kid`)).toMatchObject({ status: 'cancelled' });
    expect(seen).toEqual([
      'inner good',
      'inner bad',
      'bad inner',
      'back inner bad',
      'inner slow',
      'slow',
      'aborted slow',
      'back inner slow',
    ]);
    await runtime.close();
  });
});

describe('what is refused', () => {
  const typed = taskContract('typed', {
    input: z.object({ n: z.number() }),
    output: z.number(),
    policy: {},
    source: 'test.dsl.ts:6:1',
  });

  it('bad input, bad output, taken ids, a missing database and a bare model', async () => {
    const flow = anyFlow('f', async (_host, input: string) => input.length, {
      contract: flowContract('f', { input: z.string(), output: z.number().max(3), source: 'test.dsl.ts:7:1' }),
    });
    const runtime = open({ flows: [flow], unimplemented: [typed] });
    await expect(runtime.start('f', 7)).rejects.toMatchObject({ code: 'MR3206' });
    await expect(runtime.start('g')).rejects.toMatchObject({ code: 'MR3201' });
    await expect(runtime.start('f', 'x', { id: 'a b' })).rejects.toMatchObject({ code: 'MR3218' });
    await runtime.start('f', 'x', { id: 'a' });
    expect(await runtime.start('f', 'x', { id: 'a' })).toMatchObject({ attached: true });
    await expect(runtime.start('f', 'y', { id: 'a' })).rejects.toMatchObject({ code: 'MR3202' });
    expect(await runtime.executeFlow('f', 'long text')).toMatchObject({ success: false, error: { code: 'MR3207' } });
    await expect(runtime.executeTask('typed', { n: 1 })).rejects.toMatchObject({ code: 'MR3104' });
    await expect(runtime.sendEvent('nobody')).rejects.toMatchObject({ code: 'MR3301' });
    expect(() => runtime.registerTaskImplementations({ typed: () => 1, other: () => 2 })).toThrow(
      expect.objectContaining({ code: 'MR3219' }),
    );
    await expect(runtime.executeTask('typed', { n: 1 })).rejects.toMatchObject({ code: 'MR3104' });
    runtime.registerTaskImplementation('typed', ({ n }: { n: number }) => n + 1);
    expect(await runtime.executeTask('typed', { n: 1 })).toMatchObject({ output: 2 });
    await expect(runtime.retry('a')).rejects.toMatchObject({ code: 'MR3252' });
    await runtime.close();
    await expect(runtime.start('f', 'x')).rejects.toMatchObject({ code: 'MR3223' });
    expect(() => open({}, { db: undefined })).toThrow(expect.objectContaining({ code: 'MR3011' }));
    expect(() => new ReactiveSystemRuntime({ kind: 'system' } as never, { db: ':memory:' })).toThrow(
      expect.objectContaining({ code: 'MR3222' }),
    );
  });
});
