import { expect, test } from 'vitest';
import { readText } from '../fixtures/read-text.ts';

test('a name in quotes, where a constant is meant, is told with the constant', async () => {
  const { diagnostics } = await readText(`import { agent, system, task } from 'millrace';
import { z } from 'zod';
export default system('s', { version: '1.0.0' });
export const clerk = agent('clerk', { role: 'fast' });
export const look = task('look', { input: z.string(), output: z.string() });
export const sort = task('sort', { input: z.string(), output: z.string(), model: { agent: clerk, prompt: 'Sort.', tools: ['lok'] } });
`);
  expect(diagnostics).toMatchObject([
    {
      code: 'MR1118',
      message: "Expected a task, but 'lok' is none.",
      hint: expect.stringContaining('Did you mean the constant `look`, without quotes?'),
    },
  ]);
});
