import { expect, it } from 'vitest';
import { performed } from '../fixtures/performed.ts';
import { toolRecursion } from './rule.ts';

const task = (name: string, model = '') =>
  `export const ${name} = task('${name}', { input: z.string(), output: z.string()${model} });`;
const by = (...tools: string[]) => `, model: { agent: other, prompt: 'x', tools: [${tools.join(', ')}] }`;
const other = (tools = '') => `export const other = agent('other', { ${tools} });`;

it('has nothing against tools of tools', async () => {
  const more = [task('look'), other(), task('find', by('look'))].join('\n');
  expect(await performed(toolRecursion, { more, model: "prompt: 'x', tools: [find, look]" })).toEqual([]);
});

it('reports a model that may call itself, once for a circle', async () => {
  const more = [other("tools: ['sort']"), task('find', by())].join('\n');
  expect(await performed(toolRecursion, { more, model: "prompt: 'x', tools: [find]" })).toEqual([
    "tasks.find.model.tools error: Task 'find' is a tool of itself: 'find' → 'sort' → 'find'.",
  ]);
});

it('reports a task that its own agent has as a tool', async () => {
  expect(await performed(toolRecursion, { agent: "tools: ['sort']" })).toEqual([
    "tasks.sort.model.tools error: Task 'sort' is a tool of itself: 'sort' → 'sort'.",
  ]);
});
