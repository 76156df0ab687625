import { afterAll, expect, it } from 'vitest';
import type { AgentNode, TaskNode } from '../../model/index.ts';
import { expression, imported, restart, system, task } from '../fixtures/build-model.ts';
import { Project } from '../fixtures/project.ts';
import { compileSystem } from '../index.ts';

const project = new Project();
afterAll(() => project.dispose());

const place = { file: 'orders.dsl.ts', line: 1, column: 1, endLine: 1, endColumn: 2 };
const agent = (name: string, rest: Partial<AgentNode> = {}): AgentNode => ({
  kind: 'agent',
  name,
  location: place,
  ...rest,
});

const performed = (name: string, model: NonNullable<TaskNode['model']>): TaskNode =>
  task(name, 'z.object({ input: z.string(), a: z.array(z.object({ b: z.string() }).optional()) })', 'z.string()', {
    model,
  });

it('prints agents, prompts and tools whatever they are called, so that they type-check and say what was meant', () => {
  restart();
  const names = ['class', 'AgentSpec', 'inPrompt', 'taskContract', 'a-b', 'input', '__proto_'];
  const agents = ['z', 'default', 'agent.x', 'Class', 'flowContract'].map((name) =>
    agent(name, { system: '`${x}`\n\'"', temperature: 0, options: { 'a-b': [1, null] } }),
  );
  const tasks = names.map((name, index) =>
    performed(name, {
      agent: agents[index % agents.length]!.name,
      prompt:
        index % 2 === 0
          ? '`${input}` \\ {{ input.input }} {{ a.0.b }} {{ input }}\r\n'
          : expression('({ input }) => input.a.map((one) => one?.b ?? "").join()'),
      tools: names.slice(0, index),
      context: { show: ['a', { member: 'input', as: { fields: ['x'] } }], strategy: { keepLast: 2 } },
    }),
  );
  const model = {
    ...system('hostile', [imported('z', 'zod'), ...tasks]),
    agents: Object.fromEntries(agents.map((one) => [one.name, one])),
  };
  expect(project.compile(model, false).diagnostics).toEqual([]);
  expect(project.check()).toBe('');
  const said = project.run(
    'src/try.ts',
    `import system from '../generated/hostile/index.ts';
const input = { input: 'x', a: [{ b: 'y' }] };
const tasks = Object.values(system.tasks) as any[];
console.log(JSON.stringify(tasks.map(({ model }) => [model.agent.name, model.agent.system, model.prompt({ input }), model.tools?.length ?? 0])));`,
  ) as readonly (readonly unknown[])[];
  expect(said).toEqual(
    names.map((_, index) => [
      agents[index % agents.length]!.name,
      '`${x}`\n\'"',
      index % 2 === 0 ? '`${input}` \\ x y {"input":"x","a":[{"b":"y"}]}\r\n' : 'y',
      index,
    ]),
  );
});

it('prints the same for the same, and no implementation of what a model performs', () => {
  restart();
  const model = { ...system('one', [performed('t', { agent: 'z', prompt: 'x' })]), agents: { z: agent('z') } };
  const compile = () => compileSystem(model, { ...project.options('one') }).files;
  expect(compile()).toEqual(compile());
  expect(compile().find(({ path }) => path === 'index.ts')?.text).toContain('implementations: {}');
});
