import { expect, it } from 'vitest';
import { z } from 'zod';
import { taskContract } from 'millrace/flow';
import { openCatalogue, openModels, type Models } from 'millrace/llm';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openMemory } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { scriptedProvider } from 'millrace/testing';
import { askingSystem, askingTask } from '../fixtures/asking.ts';

const capabilities = { tools: true, structuredOutput: true, streaming: true };
const model = { id: 'scripted-1', provider: 'scripted', contextTokens: 10_000, maxOutputTokens: 5_000, capabilities };

/** Models that keep answers for whoever asks the same. */
const keeping = (script: Parameters<typeof scriptedProvider>[0]): Models =>
  openModels({
    providers: [scriptedProvider(script)],
    catalogue: openCatalogue({ overrides: [{ models: [model] }] }),
    cache: true,
  });

const open = (task: ReturnType<typeof askingTask>, models: Models): ReactiveSystemRuntime =>
  new ReactiveSystemRuntime(askingSystem(task), { logger: silentLogger, store: openMemory(), models });

it('an answer whose evidence does not hold is asked for anew, also where answers are kept for others', async () => {
  let asked = 0;
  const models = keeping(() => ({ json: { text: ++asked === 1 ? 'bad' : 'good' } }));
  const task = taskContract('ask', {
    input: z.any(),
    output: z.object({ text: z.string() }),
    policy: { retry: { attempts: 3, delay: '1ms' } },
    source: 'test.dsl.ts:1:1',
    model: askingTask('ask').model as never,
    evidence: {
      claims: [
        { kind: 'exitCode', options: { actual: ({ output }) => (output.text === 'good' ? 0 : 1), expected: 0 } },
      ],
    },
  });
  const runtime = open(task as never, models);
  expect(await runtime.executeFlow('f', 1)).toMatchObject({ status: 'completed', output: { text: 'good' } });
  expect(asked).toBe(2);
  // What was kept is the one that held.
  expect(await runtime.executeFlow('f', 1)).toMatchObject({ status: 'completed', output: { text: 'good' } });
  expect(asked).toBe(2);
  await runtime.close();
});

it('an answer that does not fit is not kept for others', async () => {
  let asked = 0;
  const models = keeping(() => (++asked <= 2 ? 'prose' : { json: { text: 'good' } }));
  const runtime = open(askingTask('ask'), models);
  expect(await runtime.executeFlow('f', 1)).toMatchObject({
    status: 'failed',
    error: { code: 'MR4013' },
  });
  expect(await runtime.executeFlow('f', 1)).toMatchObject({ status: 'completed', output: { text: 'good' } });
  expect(await runtime.executeFlow('f', 1)).toMatchObject({ status: 'completed', output: { text: 'good' } });
  expect(asked).toBe(3);
  await runtime.close();
});
