import { openCatalogue, openModels, scriptedProvider } from 'millrace/llm';
import { testRuntime } from 'millrace/testing';
import { expect, it } from 'vitest';
import { askingSystem, askingTask } from '../../runtime/fixtures/asking.ts';

const capabilities = { tools: true, structuredOutput: true, streaming: true };
const model = { provider: 'scripted', contextTokens: 8_000, maxOutputTokens: 5_000, capabilities };

it('a flow with a task of a model is tried with a script: a function for each turn, and what was asked', async () => {
  const provider = scriptedProvider(({ messages }, at) =>
    at === 0 ? 'no JSON' : { json: { text: `${messages.length} messages` } },
  );
  const catalogue = openCatalogue({ overrides: [{ models: [{ ...model, id: 'scripted-1' }] }] });
  const models = openModels({ providers: [provider], catalogue });
  await using test = testRuntime(askingSystem(askingTask('ask')), { models });
  const { runId } = await test.runtime.start('f', 'tea');
  expect(await test.finish(runId)).toMatchObject({ status: 'completed', output: { text: '3 messages' } });
  expect(provider.asked[0]?.messages[0]?.text).toBe('Say something of "tea".');
});
