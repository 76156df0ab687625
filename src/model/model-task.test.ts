import { expect, it } from 'vitest';
import { at, system, task } from './fixtures/nodes.ts';
import { toolsOf } from './model-task.ts';

it('a model may call the tools of its agent and those of its task, each once, and is told what they do', () => {
  const model = { agent: 'clerk', prompt: 'x', tools: ['look.upWords', 'search'] };
  const given = system({
    tasks: [task('search', { description: 'Searches.' }), task('look.upWords'), task('sort', { model })],
    agents: [{ kind: 'agent', name: 'clerk', tools: ['search', 'gone'], location: at(1) }],
  });
  expect(toolsOf(given, given.tasks['sort']!)).toEqual([
    { task: 'search', description: 'Searches.' },
    { task: 'gone', description: 'gone' },
    { task: 'look.upWords', description: 'look up words' },
  ]);
  expect(toolsOf(given, given.tasks['search']!)).toEqual([]);
});
