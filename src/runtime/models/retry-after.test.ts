import { expect, it } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openCatalogue, openModels, scriptedProvider } from 'millrace/llm';
import { openMemory } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { scriptedModels } from '../../llm/fixtures/scripted-models.ts';
import { askingSystem, askingTask } from '../fixtures/asking.ts';

const task = askingTask('ask', { policy: { retry: { attempts: 2, delay: '1s', backoff: 'fixed' } } });

it.each([
  [70_000, 70_000],
  [10, 1_000],
  [Number.MAX_SAFE_INTEGER, 86_400_000],
])('the next attempt waits as long as who was asked says (%d ms), but not for ever', async (retryAfterMs, waits) => {
  const clock = new SimulatedClock();
  const models = scriptedModels([{ fails: 'rateLimit', retryAfterMs }, { json: { text: 'then' } }]);
  const options = { logger: silentLogger, store: openMemory(), clock, models: { ...models, keptIn: () => models } };
  const runtime = new ReactiveSystemRuntime(askingSystem(task), options);
  const { runId } = await runtime.start('f', 1);
  await runtime.idle();
  await clock.advance(waits - 1);
  await runtime.idle();
  expect(models.asked).toHaveLength(1);
  await clock.advance(1);
  expect(await runtime.result(runId)).toMatchObject({ status: 'completed', output: { text: 'then' } });
  await runtime.close();
});

it('a wait that is longer than the attempt is none of it: the next one begins when who was asked is free', async () => {
  const clock = new SimulatedClock();
  const provider = scriptedProvider([{ fails: 'rateLimit', retryAfterMs: 420_000 }, { json: { text: 'then' } }]);
  const facts = { contextTokens: 9_000, maxOutputTokens: 5_000 };
  const capabilities = { tools: true, structuredOutput: true, streaming: true };
  const model = { ...facts, id: 'scripted-1', provider: provider.name, capabilities };
  const catalogue = openCatalogue({ shipped: false, overrides: [{ models: [model] }] });
  const models = openModels({ providers: [provider], catalogue, clock });
  const options = { logger: silentLogger, store: openMemory(), clock, models };
  const runtime = new ReactiveSystemRuntime(askingSystem(task), options);
  const failed: object[] = [];
  runtime.on((event) => {
    if (event.type === 'attempt.failed') failed.push({ code: event.error.code, at: event.at - begun });
  });
  const begun = clock.now();
  const { runId } = await runtime.start('f', 1);
  await runtime.idle();
  await clock.advance(420_000);
  expect(await runtime.result(runId)).toMatchObject({ status: 'completed', output: { text: 'then' } });
  expect(failed).toEqual([{ code: 'MR4043', at: 0 }]);
  expect(provider.asked).toHaveLength(2);
  await runtime.close();
});
