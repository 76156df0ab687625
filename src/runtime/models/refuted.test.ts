import { expect, it } from 'vitest';
import { z } from 'zod';
import { taskContract } from 'millrace/flow';
import { openCatalogue, openModels } from 'millrace/llm';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openMemory } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { scriptedProvider } from 'millrace/testing';
import { askingSystem, askingTask } from '../fixtures/asking.ts';

it('an answer whose evidence does not hold is asked for anew, also where answers are kept for others', async () => {
  let asked = 0;
  const provider = scriptedProvider(() => ({ json: { text: ++asked === 1 ? 'bad' : 'good' } }));
  const capabilities = { tools: true, structuredOutput: true, streaming: true };
  const model = { id: 'scripted-1', provider: 'scripted', contextTokens: 10_000, maxOutputTokens: 5_000, capabilities };
  const { model: spec } = askingTask('ask');
  const task = taskContract('ask', {
    input: z.any(),
    output: z.object({ text: z.string() }),
    policy: { retry: { attempts: 3, delay: '1ms' } },
    source: 'test.dsl.ts:1:1',
    model: spec as never,
    evidence: {
      claims: [
        { kind: 'exitCode', options: { actual: ({ output }) => (output.text === 'good' ? 0 : 1), expected: 0 } },
      ],
    },
  });
  const runtime = new ReactiveSystemRuntime(askingSystem(task as never), {
    logger: silentLogger,
    store: openMemory(),
    models: openModels({
      providers: [provider],
      catalogue: openCatalogue({ overrides: [{ models: [model] }] }),
      cache: true,
    }),
  });
  expect(await runtime.executeFlow('f', 1)).toMatchObject({ status: 'completed', output: { text: 'good' } });
  expect(asked).toBe(2);
  // What was kept is the one that held.
  expect(await runtime.executeFlow('f', 1)).toMatchObject({ status: 'completed', output: { text: 'good' } });
  expect(asked).toBe(2);
  await runtime.close();
});
