import { expect, it } from 'vitest';
import { performed } from '../fixtures/performed.ts';
import { toolDescription } from './rule.ts';

const look = "export const look = task('look', { input: z.string(), output: z.string() });";

it.each([
  ['a doc comment', `/** Looks it up. */\n${look}`, "prompt: 'x', tools: [look]"],
  ['no need for one', look, "prompt: 'x'"],
])('is content with %s', async (_what, more, model) => {
  expect(await performed(toolDescription, { more, model })).toEqual([]);
});

it.each([
  ['the task', "role: 'fast'", "prompt: 'x', tools: [look]"],
  ['the agent', "tools: ['look']", "prompt: 'x'"],
])('reports a tool of %s that says nothing of itself', async (_what, agent, model) => {
  expect(await performed(toolDescription, { more: look, agent, model })).toEqual([
    "tasks.look warning: Task 'look' is a tool of the model that performs 'sort', and nothing says what it does.",
  ]);
});
