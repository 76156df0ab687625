import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const desk = `import { agent, flow, system, task } from 'millrace';
import { z } from 'zod';
export default system('desk', { version: '1.0.0' });
export const clerk = agent('clerk', { role: 'fast', maxTokens: 200 });
/** Looks a word up. */
export const look = task('look', { input: z.object({ word: z.string() }), output: z.string() });
export const sort = task('sort', { input: z.string(), output: z.object({ to: z.string() }), model: { agent: clerk, prompt: 'Sort it.', tools: [look] } });
export const sortLetter = flow('sortLetter', { input: z.string(), output: z.string() }, (f) =>
  f.step('sorted', ({ input }) => sort(input)).returns(({ sorted }) => sorted.to),
);
`;
const look = `import { implement } from 'millrace/tasks';
import { look } from '../generated/desk/contracts.ts';
export default implement(look, ({ word }) => {
  if (word === 'tar') throw new Error('no such word');
  return word;
});
`;
const config = `import { defineConfig } from 'millrace';
import { scriptedProvider } from 'millrace/llm';
const calls = (...words) => ({ toolCalls: words.map((word, index) => ({ id: 'c' + index, name: 'look', input: { word } })) });
const own = scriptedProvider([calls('tea', 'tar'), { json: { to: 'sales' } }], { name: 'own' });
const capabilities = { tools: true, structuredOutput: true, streaming: true };
export default defineConfig({
  models: {
    providers: [own],
    catalogue: { models: [{ id: 'm', provider: 'own', role: 'fast', contextTokens: 8000, maxOutputTokens: 1000, capabilities }] },
  },
});
`;

test('the tools that a model called are told as they happen, and shown with the run', async () => {
  using it = project({ 'desk.dsl.ts': desk, 'tasks/look.ts': look, 'dsl.config.ts': config });
  const done = await it.dsl(['run', 'desk.dsl.ts', 'sortLetter', '--input', '"x"', '--id', 'r1']);
  expect(done.stdout).toContain('sales');
  expect(done.stderr).toMatch(/✓ tool look$/m);
  expect(done.stderr).toMatch(/✗ tool look: no such word \(MR3100\)$/m);
  const shown = await it.dsl(['runs', 'show', 'r1']);
  expect(shown.stdout).toMatch(/^tools +sorted: look 2 times \(1 failed\)$/m);
  const json = await it.dsl(['runs', 'show', 'r1', '--json']);
  const { tools } = JSON.parse(json.stdout) as { tools: readonly object[] };
  expect(tools).toHaveLength(2);
  expect(tools).toContainEqual(
    expect.objectContaining({ step: 'sorted', tool: 'look', status: 'succeeded', executions: 1 }),
  );
  expect(tools).toContainEqual(expect.objectContaining({ tool: 'look', status: 'failed' }));
});
