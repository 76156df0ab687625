import { expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../core/index.ts';
import { taskContract } from '../flow/index.ts';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import { implement, runAttempt, silentLogger, type AttemptRequest, type Logger, type TaskContext } from './index.ts';

const job = taskContract('job', { input: z.unknown(), output: z.unknown(), policy: {}, source: 'a.dsl.ts:1:1' });

const attempt = (run: (context: TaskContext) => unknown, more: Partial<AttemptRequest> = {}) =>
  runAttempt({
    contract: job,
    implementation: implement(job, (_, context) => run(context)),
    input: 1,
    attempt: 1,
    runId: 'r',
    step: 's',
    idempotencyKey: 'key',
    clock: systemClock(),
    logger: silentLogger,
    ...more,
  });

it('works without an engine: nothing outlives the attempt', async () => {
  const outcome = await attempt(async ({ state, checkpoint, heartbeat, tool, once }) => {
    heartbeat();
    await checkpoint({ page: 1 });
    const first = await tool('t', { a: 1 }, ({ idempotencyKey }) => ({ key: idempotencyKey, at: new Date(0) }));
    return [state ?? null, first, await once('k', 1, () => null)];
  });
  expect(outcome).toMatchObject({
    ok: true,
    value: [
      null,
      { output: { key: 'key t', at: '1970-01-01T00:00:00.000Z' }, replayed: false },
      { output: null, replayed: false },
    ],
  });
  expect(await attempt(({ tool }) => tool('t', 1, () => () => 1))).toMatchObject({
    ok: false,
    error: { code: 'MR3138' },
  });
  const saved = await attempt(async (context) => {
    await context.checkpoint([1]);
    return context.state;
  });
  expect(saved).toMatchObject({ ok: true, value: [1] });
});

it('tells of a save that fails, whether or not somebody waits for it', async () => {
  const warned: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => void warned.push(message) };
  const full = new Error('the disk is full');
  const services = {
    state: () => undefined,
    checkpoint: () => Promise.reject(full),
    tool: () => () => Promise.reject(full),
    once: () => () => Promise.reject(full),
  };
  const unwatched = await attempt(({ checkpoint }) => void checkpoint(1), { logger, services });
  expect(unwatched.ok).toBe(true);
  const watched = await attempt(({ checkpoint }) => checkpoint(1), { logger, services });
  expect(watched).toMatchObject({
    ok: false,
    error: { code: 'MR3134', retryable: true, fault: 'environment', cause: full },
  });
  expect(warned).toHaveLength(2);
  expect(warned[0]).toContain('the disk is full');
});

it('hands each sign of life on, and keeps the last details for the error', async () => {
  const beats: unknown[] = [];
  const services = {
    state: () => undefined,
    checkpoint: () => Promise.resolve(),
    tool: () => () => Promise.reject(new Error('no')),
    once: () => () => Promise.reject(new Error('no')),
    heartbeat: (details: unknown) => void beats.push(details),
  };
  const outcome = await attempt(
    async ({ heartbeat, signal }) => {
      heartbeat({ page: 1 });
      heartbeat();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    { services, heartbeatMs: 15 },
  );
  expect(beats).toEqual([{ page: 1 }, undefined]);
  expect(outcome).toMatchObject({
    ok: false,
    error: { code: 'MR3130', retryable: true, details: { heartbeatMs: 15, last: { page: 1 } } },
  });
});

it('refuses an attempt that comes after the time of all of them', async () => {
  let ran = false;
  const total = { until: Date.now() - 1, ms: 10 };
  expect(await attempt(() => (ran = true), { total })).toMatchObject({
    ok: false,
    error: { code: 'MR3131', retryable: false },
  });
  expect(ran).toBe(false);
});

it('says what is left of its time: of the attempt, or of all attempts where that ends first', async () => {
  const clock = new SimulatedClock();
  const left: number[] = [];
  const run = async ({ remainingMs }: TaskContext) => {
    left.push(remainingMs());
    await clock.advance(400);
    left.push(remainingMs());
    return () => remainingMs();
  };
  let after = (): number => 1;
  const work = async (context: TaskContext) => void (after = await run(context));
  await attempt(work, { clock, timeoutMs: 1_000 });
  expect(after()).toBe(0);
  await attempt(work, { clock, timeoutMs: 1_000, total: { until: clock.now() + 500, ms: 500 } });
  await attempt(work, { clock });
  expect(left).toEqual([1_000, 600, 500, 100, 30_000, 29_600]);
});
