import { expect, it } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
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
