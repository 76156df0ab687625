import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const desk = (model: string, budget = ''): string => `import { agent, flow, system, task } from 'millrace';
import { z } from 'zod';
export default system('desk', { version: '1.0.0'${budget} });
export const clerk = agent('clerk', { model: '${model}' });
export const sort = task('sort', {
  input: z.object({ text: z.string() }),
  output: z.object({ department: z.string() }),
  model: { agent: clerk, prompt: 'Which department? {{ text }}' },
});
export const sortLetter = flow('sortLetter', { input: z.object({ text: z.string() }) }, (f) =>
  f.step('sorted', ({ input }) => sort({ text: input.text })),
);
`;
const budget = ", budget: { run: '1 USD' }";
const own = `import { defineConfig } from 'millrace';
export default defineConfig({
  models: {
    catalogue: {
      models: [
        {
          id: 'own-1',
          provider: 'ollama',
          contextTokens: 8000,
          maxOutputTokens: 2000,
          capabilities: { tools: true, structuredOutput: true, streaming: true },
        },
      ],
    },
  },
});
`;

test('dsl check knows the prices of the catalogue, and of what the project adds to it', async () => {
  const check = async (text: string): Promise<readonly string[]> => {
    using it = project({ 'desk.dsl.ts': text, 'dsl.config.ts': own });
    const { stdout } = await it.dsl(['check', 'desk.dsl.ts', '--json']);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly { code: string; severity: string }[] };
    return diagnostics.map(({ code, severity }) => `${severity} ${code}`);
  };
  expect(await check(desk('claude-haiku-5-5', budget))).toEqual([]);
  expect(await check(desk('claude-haiku-9', budget))).toEqual(['error MR1249']);
  expect(await check(desk('own-1', budget))).toEqual(['error MR1249']);
  expect(await check(desk('own-1'))).toEqual([]);
});

test('a model that is not in the catalogue is told with the nearest one, by dsl check and dsl models check', async () => {
  using it = project({ 'desk.dsl.ts': desk('gpt-6-lunar') });
  const checked = await it.dsl(['check', 'desk.dsl.ts']);
  expect(checked.code).toBe(1);
  expect(checked.stdout).toMatch(/error MR1249[\s\S]*Did you mean 'gpt-6-luna'\?[\s\S]*id: 'gpt-6-lunar'/);
  const models = await it.dsl(['models', 'check', 'desk.dsl.ts'], {
    env: { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' },
  });
  expect(models.code).toBe(1);
  expect(models.stdout).toMatch(/no model 'gpt-6-lunar'\. Did you mean 'gpt-6-luna'\?/);
});
