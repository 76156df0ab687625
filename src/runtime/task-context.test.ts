import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import type { Logger, TaskContext } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { anyEvent, anyFlow, anyTask, at, code } from './fixtures/bind.ts';
import { open } from './fixtures/noting-tasks.ts';

const never = () => new Promise<never>(() => {});
const aborted = (signal: AbortSignal) => new Promise<void>((done) => signal.addEventListener('abort', () => done()));

describe('an attempt that is given up', () => {
  it('is one that is silent for longer than its heartbeat, and another follows', async () => {
    const clock = new SimulatedClock();
    const job = anyTask('job', { heartbeat: '10s', timeout: '1h', retry: { attempts: 3, delay: '1s' } });
    const told: [number, unknown][] = [];
    const runtime = open(
      {
        tasks: [
          code(job, async (_: never, { attempt, heartbeat, signal }) => {
            if (attempt === 2) return 'done';
            for (const part of [1, 2, 3]) {
              heartbeat({ part });
              await new Promise<void>((resolve) => clock.at(clock.now() + 9_000, resolve));
            }
            await aborted(signal);
            told.push([clock.now() - start, (signal.reason as { code?: unknown }).code]);
            return 'too late';
          }),
        ],
        flows: [anyFlow('f', (host) => host.step('x', () => job(), at))],
      },
      { clock },
    );
    const start = clock.now();
    const { runId } = await runtime.start('f');
    await turn();
    await clock.advance('2m');
    expect(await runtime.result(runId)).toMatchObject({
      success: true,
      output: 'done',
      stepResults: { x: { attempts: 2 } },
    });
    // 10 s after the last beat, not after the first.
    expect(told).toEqual([[28_000, 'MR3130']]);
    await runtime.close();
  });

  it('may be as silent as it likes when its task declares no heartbeat', async () => {
    const clock = new SimulatedClock();
    const job = anyTask('job', { timeout: '2h' });
    const runtime = open(
      {
        tasks: [
          code(
            job,
            (_: never, { heartbeat }) => (
              heartbeat(),
              new Promise((done) => clock.at(clock.now() + 3_600_000, () => done('x')))
            ),
          ),
        ],
      },
      { clock },
    );
    const result = runtime.executeTask('job');
    await turn();
    await clock.advance('1h');
    expect(await result).toMatchObject({ success: true, output: 'x' });
    await runtime.close();
  });

  it.each(['resolves', 'throws'] as const)('is ignored when it %s, saves, emits or uses a tool later', async (how) => {
    const late = anyEvent('late');
    const job = anyTask('job', { timeout: '20ms', retry: { attempts: 2, delay: '1ms' } });
    const after = Promise.withResolvers<PromiseSettledResult<unknown>[]>();
    const warned: string[] = [];
    const logger: Logger = {
      debug() {},
      info() {},
      error() {},
      warn: (_m, fields) => void warned.push(String(fields?.['code'] ?? fields?.['event'])),
    };
    let toolRan = false;
    let stateOfSecond: unknown = 'unset';
    const go = Promise.withResolvers<void>();
    const runtime = open(
      {
        events: [late],
        tasks: [
          code(job, async (_: never, context) => {
            if (context.attempt === 2) {
              stateOfSecond = context.state;
              return 'second';
            }
            await context.checkpoint('in time');
            await go.promise;
            context.heartbeat();
            context.emit(late(1));
            after.resolve(
              Promise.allSettled([
                context.checkpoint('late'),
                context.tool('t', 1, () => (toolRan = true)),
                context.once('k', 1, () => 1),
              ]),
            );
            if (how === 'throws') throw new Error('late');
            return 'first';
          }),
        ],
        flows: [anyFlow('f', (host) => host.step('x', () => job(), at))],
      },
      { logger },
    );
    const { runId } = await runtime.start('f');
    expect(await runtime.result(runId)).toMatchObject({ output: 'second', stepResults: { x: { attempts: 2 } } });
    go.resolve();
    const settled = await after.promise;
    expect(
      settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : one.value)),
    ).toEqual(['MR3133', 'MR3133', 'MR3133']);
    expect(toolRan).toBe(false);
    expect(stateOfSecond).toBe('in time');
    expect(warned.sort()).toEqual(['MR3133', 'MR3133', 'MR3133', 'late']);
    await runtime.idle();
    expect(runtime.reader.events()).toEqual([]);
    expect(runtime.reader.steps(runId)).toMatchObject([{ output: 'second', attempts: 2 }]);
    await runtime.close();
  });
});

describe('the state of a step', () => {
  const job = anyTask('job', { retry: { attempts: 3, delay: '1ms' } });

  it('is found by the next attempt, also after a crash, and goes with the completion of the step', async () => {
    const store = openSqlite(':memory:');
    const states: unknown[] = [];
    const reached = Promise.withResolvers<void>();
    const run = async (_: never, { attempt, state, checkpoint }: TaskContext): Promise<unknown> => {
      states.push(state);
      if (attempt === 1) {
        await checkpoint({ page: 1 });
        await checkpoint({ page: 2 });
        throw new Error('again');
      }
      if (states.length === 2) {
        await checkpoint({ page: 3 });
        reached.resolve();
        return never();
      }
      return state;
    };
    const parts = { tasks: [code(job, run)], flows: [anyFlow('f', (host) => host.step('x', () => job(), at))] };
    const first = open(parts, { store, db: undefined });
    const { runId } = await first.start('f');
    await reached.promise;
    first.abandon();
    store.transaction((tx) => tx.owner.release());
    expect(store.tables.progress.get(runId, 'x')).toBeDefined();
    const second = open(parts, { store, db: undefined });
    expect(await second.result(runId)).toMatchObject({ success: true, output: { page: 3 } });
    expect(states).toEqual([undefined, { page: 2 }, { page: 3 }]);
    expect(store.tables.progress.get(runId, 'x')).toBeUndefined();
    await second.close();
  });

  it('belongs to one step and one input', async () => {
    const seen: unknown[] = [];
    const runtime = open({
      tasks: [
        code(job, async (input: unknown, { state, checkpoint, attempt }) => {
          seen.push([input, attempt, state]);
          await checkpoint(input);
          if (attempt === 1) throw new Error('again');
        }),
      ],
      flows: [
        anyFlow('f', async (host) => {
          await host.step('x', () => job('x'), at);
          await host.step('y', () => job('y'), at);
        }),
      ],
    });
    await runtime.executeFlow('f');
    expect(seen).toEqual([
      ['x', 1, undefined],
      ['x', 2, 'x'],
      ['y', 1, undefined],
      ['y', 2, 'y'],
    ]);
    await runtime.close();
  });

  it('is refused when it is no JSON, and nobody has to listen', async () => {
    const warned: unknown[] = [];
    const logger: Logger = { debug() {}, info() {}, error() {}, warn: (message) => void warned.push(message) };
    const runtime = open(
      {
        tasks: [
          code(job, async (_: never, { checkpoint }) => {
            // Not awaited: an unhandled rejection would end the process.
            void checkpoint(() => 1);
            const awaited = await checkpoint(1n).catch((error: { code: string; retryable: boolean }) => [
              error.code,
              error.retryable,
            ]);
            return awaited;
          }),
        ],
      },
      { logger },
    );
    expect(await runtime.executeTask('job')).toMatchObject({ success: true, output: ['MR3134', false] });
    expect(warned).toHaveLength(2);
    await runtime.close();
  });

  it('is saved at intervals until the attempt ends, whatever a save comes to', async () => {
    const clock = new SimulatedClock();
    const store = openSqlite(':memory:');
    const warned: unknown[] = [];
    const logger: Logger = { debug() {}, info() {}, error() {}, warn: (message) => void warned.push(message) };
    const timed = anyTask('timed', { timeout: '1h' });
    let done = 0;
    let asked = 0;
    const runtime = open(
      {
        tasks: [
          code(timed, async (_: never, { checkpointEvery }) => {
            checkpointEvery('10s', () => {
              asked++;
              if (done === 2) throw new Error('not now');
              return { done };
            });
            for (done = 1; done < 4; done++)
              await new Promise<void>((resolve) => clock.at(clock.now() + 11_000, resolve));
            saved = store.tables.progress.get('r', 'x')?.state;
            return asked;
          }),
        ],
        flows: [anyFlow('f', (host) => host.step('x', () => timed(), at))],
      },
      { clock, logger, store, db: undefined },
    );
    let saved: string | undefined;
    await runtime.start('f', undefined, { id: 'r' });
    await turn();
    for (let second = 0; second < 60; second++) await clock.advance('1s');
    expect(await runtime.result('r')).toMatchObject({ output: 3 });
    expect(saved).toContain('"state":{"done":3}');
    expect(warned).toHaveLength(1);
    await clock.advance('1h');
    expect(asked).toBe(3);
    await runtime.close();
  });
});

describe('the total timeout of a step', () => {
  it('counts all attempts and the waits between them, over restarts, and is not retried', async () => {
    const clock = new SimulatedClock();
    const store = openSqlite(':memory:');
    const job = anyTask('job', { totalTimeout: '1m', retry: { attempts: 100, delay: '20s', backoff: 'fixed' } });
    const tries: number[] = [];
    const start = clock.now();
    const parts = {
      tasks: [
        code(job, () => {
          tries.push((clock.now() - start) / 1000);
          throw new Error('no');
        }),
      ],
      flows: [anyFlow('f', (host) => host.step('x', () => job(), at))],
    };
    const first = open(parts, { store, db: undefined, clock });
    const { runId } = await first.start('f');
    await first.idle();
    await clock.advance('25s');
    first.abandon();
    store.transaction((tx) => tx.owner.release());
    const second = open(parts, { store, db: undefined, clock });
    await second.idle();
    await clock.advance('1h');
    expect(await second.result(runId)).toMatchObject({
      success: false,
      error: { code: 'MR3131', retryable: false, details: { last: { message: 'no' } } },
    });
    // Another attempt could not begin before the minute is over.
    expect(tries).toEqual([0, 20, 40]);
    await second.close();
  });

  it('ends an attempt that is under way', async () => {
    const clock = new SimulatedClock();
    const job = anyTask('job', { totalTimeout: '10s', timeout: '1m', retry: { attempts: 5 } });
    let reason: unknown;
    const runtime = open(
      { tasks: [code(job, async (_: never, { signal }) => (await aborted(signal), (reason = signal.reason)))] },
      { clock },
    );
    const result = runtime.executeTask('job');
    await turn();
    await clock.advance('11s');
    expect(await result).toMatchObject({ success: false, retries: 0, error: { code: 'MR3131' } });
    expect(reason).toMatchObject({ code: 'MR3131' });
    await runtime.close();
  });
});

it('runs code that is not asynchronous, and counts the retries that were made', async () => {
  let tries = 0;
  const runtime = open({
    tasks: [
      code(anyTask('sync'), (n: number) => n + 1),
      code(anyTask('flaky', { retry: { attempts: 4, delay: '1ms' } }), () => {
        if (++tries < 3) throw new Error('no');
        return tries;
      }),
    ],
  });
  expect(await runtime.executeTask('sync', 1)).toMatchObject({ taskId: 'sync', success: true, output: 2, retries: 0 });
  expect(await runtime.executeTask('flaky')).toMatchObject({ success: true, output: 3, retries: 2 });
  await expect(runtime.executeTask('nope')).rejects.toMatchObject({ code: 'MR3219' });
  await runtime.close();
});
