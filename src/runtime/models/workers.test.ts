import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ReactiveSystemRuntime, Worker } from 'millrace/runtime';
import { silentLogger, type BoundSystem } from 'millrace/tasks';
import { startWireServer, type WireServer } from 'millrace/testing';
import { askingSystem, askingTask } from '../fixtures/asking.ts';
import { anyEvent, anyTask, code } from '../fixtures/bind.ts';
import { wired } from '../fixtures/wired.ts';

let folder: string;
const ends: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  rmSync(folder, { recursive: true });
});

async function members(system: BoundSystem, server: WireServer, workers = 2) {
  const db = join(folder, 'a.db');
  const models = wired(server);
  const runtime = new ReactiveSystemRuntime(system, { db, logger: silentLogger, models, workers: { concurrency: 0 } });
  ends.push(() => runtime.close());
  const all = Array.from(
    { length: workers },
    () => new Worker(system, { db, logger: silentLogger, models: wired(server) }),
  );
  for (const worker of all) ends.push(() => worker.close());
  return { runtime, workers: all };
}

const ask = askingTask('ask', { tools: [{ task: 'look', description: 'Looks.' }], maxTokens: 100 });
const toolThenText = { answer: '{"text":"x"}', scenario: 'toolCall' } as const;

it('workers ask models, do their tools, and everything is counted in the one database', async () => {
  const seen = anyEvent('seen');
  const system = askingSystem(ask, {
    events: [seen],
    tasks: [
      code(anyTask('look'), (_: never, { emit }) => {
        emit(seen({ at: 1 }));
        return process.pid;
      }),
    ],
    budget: { total: '1000 USD' },
  });
  await using server = await startWireServer(toolThenText);
  const { runtime, workers } = await members(system, server);
  const runs = await Promise.all([...Array(6).keys()].map((n) => runtime.executeFlow('f', n)));
  expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['completed']));
  expect(workers.reduce((sum, { counts }) => sum + counts.completed, 0)).toBe(6);
  expect(runtime.reader.usage()).toEqual([expect.objectContaining({ calls: 12 })]);
  expect(server.calls.length).toBe(12);
  const [total] = runtime.reader.budgets();
  expect(total).toMatchObject({ account: 'total', reserved: 0 });
  expect(total?.spent).toBe(runtime.reader.usage()[0]?.cost[0]?.micros);
  await vi.waitFor(() => expect(runtime.reader.events({ name: 'seen' }).length).toBe(6));
});

it('an overrun in a worker stops the run', async () => {
  const plain = askingTask('ask', { maxTokens: 2 });
  await using server = await startWireServer({ answer: '{"text":"much more than that"}' });
  const { runtime } = await members(askingSystem(plain, { budget: { run: '4 USD' } }), server, 1);
  expect(await runtime.executeFlow('f', 1)).toMatchObject({ status: 'failed', error: { code: 'MR4081' } });
});

it('a cancel reaches the worker that asks, and closes its connection', async () => {
  const plain = askingTask('ask', { maxTokens: 20 });
  await using server = await startWireServer({ answer: '{"text":"x"}', scenario: 'stalled' });
  const { runtime } = await members(askingSystem(plain, { budget: { total: '100 USD' } }), server, 1);
  const { runId } = await runtime.start('f', 1);
  await vi.waitFor(() => expect(server.paid()).toBe(1));
  await runtime.cancel(runId);
  expect(await runtime.result(runId)).toMatchObject({ status: 'cancelled' });
  await vi.waitFor(() => expect(server.calls[0]?.left).toBe(true));
  await vi.waitFor(() =>
    expect(runtime.reader.budgets()).toEqual([expect.objectContaining({ spent: 20_000_000, reserved: 0 })]),
  );
});

it('a model whose tools have limits is asked by the process that keeps these', async () => {
  let [most, now] = [0, 0];
  const look = anyTask('look', { concurrency: 1 });
  const system = askingSystem(ask, {
    tasks: [
      code(look, async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 2));
        return now--;
      }),
    ],
  });
  await using server = await startWireServer(toolThenText);
  const { runtime, workers } = await members(system, server);
  const runs = await Promise.all([...Array(6).keys()].map((n) => runtime.executeFlow('f', n)));
  expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['completed']));
  expect([most, ...workers.map(({ counts }) => counts.claimed)]).toEqual([1, 0, 0]);
});

it('what a worker that died had set aside is booked by the owner, also one of the same process', async () => {
  const plain = askingTask('ask', { maxTokens: 20 });
  await using server = await startWireServer({ answer: '{"text":"x"}', scenario: 'stalled' });
  const { runtime, workers } = await members(askingSystem(plain, { budget: { total: '100 USD' } }), server, 1);
  await runtime.start('f', 1);
  await vi.waitFor(() => expect(server.paid()).toBe(1));
  expect(runtime.reader.budgets()).toEqual([expect.objectContaining({ spent: 0, reserved: 20_000_000 })]);
  workers[0]?.abandon();
  await runtime.close();
  const next = new ReactiveSystemRuntime(askingSystem(plain), { db: join(folder, 'a.db'), logger: silentLogger });
  await vi.waitFor(() =>
    expect(next.reader.budgets()).toEqual([expect.objectContaining({ spent: 20_000_000, reserved: 0 })]),
  );
  await next.close();
});

it('a worker without models takes no work of such tasks', async () => {
  const plain = askingTask('ask');
  expect(() => new Worker(askingSystem(plain), { db: join(folder, 'a.db'), logger: silentLogger })).toThrow(
    expect.objectContaining({ code: 'MR3272' }),
  );
});
