import { expect, it } from 'vitest';
import { system, task } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { performed } from '../fixtures/performed.ts';
import { modelOutput } from './rule.ts';

it.each(['z.string()', 'z.object({ at: z.string().optional() })', 'Output'])(
  'has nothing against %s',
  async (output) => {
    const more = 'const Output = z.array(z.string());';
    expect(await performed(modelOutput, { output, more })).toEqual([]);
  },
);

it.each(['z.void()', 'z.undefined()'])('reports %s', async (output) => {
  expect(await performed(modelOutput, { output })).toEqual([
    `tasks.sort.output error: Task 'sort' is performed by a model, and its output is \`${output}\`, which no model can write.`,
  ]);
});

it('has nothing against a task that gives nothing and that somebody has written', () => {
  const written = task('t');
  expect(
    messages(modelOutput, system({ tasks: [{ ...written, output: { ...written.output, text: 'z.void()' } }] })),
  ).toEqual([]);
});
