import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openCatalogue, openModels } from 'millrace/llm';
import { ReactiveSystemRuntime, Worker, type RuntimeOptions } from 'millrace/runtime';
import { openMemory } from 'millrace/store';
import { silentLogger, type BoundSystem } from 'millrace/tasks';
import { scriptedProvider } from 'millrace/testing';
import { askingSystem, askingTask } from '../fixtures/asking.ts';
import { anyFlow, anyTask, at, code } from '../fixtures/bind.ts';

const model = {
  id: 'scripted-1',
  provider: 'scripted',
  contextTokens: 10_000,
  maxOutputTokens: 5_000,
  capabilities: { tools: true, structuredOutput: true, streaming: true },
};

/** Models that keep answers for whoever asks the same, and number what they say. */
function numbering(calls?: string) {
  let count = 0;
  const provider = scriptedProvider((request) => {
    const [first] = request.messages;
    const inner = first?.role === 'user' && first.text.includes('inner');
    if (calls !== undefined && !inner && request.messages.length === 1)
      return { toolCalls: [{ id: 'c1', name: calls, input: 'inner' }] };
    const last = request.messages.at(-1);
    return { json: { text: last?.role === 'tool' ? last.text : `answer ${++count}` } };
  });
  const catalogue = openCatalogue({ overrides: [{ models: [model] }] });
  return { provider, models: openModels({ providers: [provider], catalogue, cache: true }) };
}

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

function open(system: BoundSystem, options: Partial<RuntimeOptions>): ReactiveSystemRuntime {
  const place = options.db === undefined ? { store: openMemory() } : {};
  const runtime = new ReactiveSystemRuntime(system, { logger: silentLogger, ...place, ...options });
  ended.push(() => runtime.close());
  return runtime;
}

/** A flow whose second step fails the first time, so that the first one can be taken back. */
function failingOnce(ask: ReturnType<typeof askingTask>) {
  let failed = false;
  const then = anyTask('then');
  const inner = anyFlow('inner', (host) => host.step('said', () => ask(1), at));
  const flow = anyFlow('g', async (host) => {
    const said = await host.step('said', () => ask(1), at);
    await host.step('then', () => then(said), at);
    return said;
  });
  const outer = anyFlow('outer', async (host) => {
    const said = await host.child('inner', () => ({ contract: inner.contract, input: 1 }), at);
    await host.step('then', () => then(said), at);
    return said;
  });
  const fails = code(then, () => {
    if (failed) return 1;
    failed = true;
    throw new Error('no good');
  });
  return { flows: [flow, inner, outer], tasks: [fails] };
}

async function retried(runtime: ReactiveSystemRuntime, flow: string, fromStep: string): Promise<unknown> {
  const { runId } = await runtime.start(flow, 1);
  expect(await runtime.result(runId)).toMatchObject({ status: 'failed' });
  await runtime.retry(runId, { fromStep, by: 'ada' });
  const { status, output } = await runtime.result(runId);
  return [status, output];
}

it('a step that a person takes back is asked for anew, also where answers are kept for others', async () => {
  const { models, provider } = numbering();
  const ask = askingTask('ask');
  const runtime = open(askingSystem(ask, failingOnce(ask)), { models });
  expect(await retried(runtime, 'g', 'said')).toEqual(['completed', { text: 'answer 2' }]);
  // Whoever asks the same from now on gets the new one.
  expect(await runtime.executeFlow('g', 1)).toMatchObject({ output: { text: 'answer 2' } });
  expect(provider.asked).toHaveLength(2);
});

it('so are the steps of a flow that is run again', async () => {
  const { models } = numbering();
  const ask = askingTask('ask');
  const runtime = open(askingSystem(ask, failingOnce(ask)), { models });
  expect(await retried(runtime, 'outer', 'inner')).toEqual(['completed', { text: 'answer 2' }]);
});

it('and what its tools ask', async () => {
  const { models } = numbering('deep');
  const ask = askingTask('ask', { tools: [{ task: 'deep', description: 'Asks another.' }] });
  const deep = askingTask('deep');
  const runtime = open(askingSystem(ask, { ...failingOnce(ask), unimplemented: [deep] }), { models });
  expect(await retried(runtime, 'g', 'said')).toEqual(['completed', { text: '{"text":"answer 2"}' }]);
});

it('and where another process asks', async () => {
  const { models } = numbering();
  const ask = askingTask('ask');
  const system = askingSystem(ask, failingOnce(ask));
  const folder = mkdtempSync(join(tmpdir(), 'millrace-'));
  ended.push(() => rmSync(folder, { recursive: true }));
  const db = join(folder, 'a.db');
  const runtime = open(system, { db, models, workers: { concurrency: 0 } });
  const worker = new Worker(system, { db, models, logger: silentLogger });
  ended.push(() => worker.close());
  expect(await retried(runtime, 'g', 'said')).toEqual(['completed', { text: 'answer 2' }]);
});
