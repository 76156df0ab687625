import { expect, test } from 'vitest';
import type { FlowNode, StepNode, SystemModel } from '../../model/index.ts';
import { body, call, event, flow, imported, restart, step, system, task, waitFor } from '../fixtures/build-model.ts';
import { compileSystem } from '../index.ts';

const compile = (model: SystemModel) =>
  compileSystem(model, { outDir: 'out', sourcePath: 'src/x.dsl.ts', tasksDir: 'src/tasks', toolVersion: '1.0.0' });
const basics = () => {
  restart();
  return [imported('z', 'zod'), task('work', 'z.string()', 'z.string()'), event('done', 'z.string()')];
};
const place = { file: 'orders.dsl.ts', line: 77, column: 9, endLine: 77, endColumn: 20 };
const problems = (steps: readonly StepNode[], rest: Partial<FlowNode> = {}) => {
  const { diagnostics } = compile(system('refused', [...basics(), flow('go', 'z.string()', body(...steps), rest)]));
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
};

test('a request that starts a flow is refused at its place', () => {
  expect(problems([], { http: 'POST /x' })).toEqual(["MR1650 The compiler does not print 'http' of a flow yet."]);
  const served = { ...flow('go', 'z.string()', body(), { http: 'POST /x' }), location: place };
  expect(compile(system('refused', [...basics(), served])).diagnostics).toMatchObject([
    { code: 'MR1650', severity: 'error', file: 'src/orders.dsl.ts', line: 77, column: 9 },
  ]);
});

test('an agent or a tool that is not there is told where the task is', () => {
  const model = system('refused', [
    ...basics(),
    task('think', 'z.string()', 'z.string()', { model: { agent: 'a', prompt: 'p', tools: ['work', 'play'] } }),
  ]);
  const messages = compile(model).diagnostics.map(({ code, message }) => `${code} ${message}`);
  expect(messages).toEqual(["MR1652 The system has no agent 'a'.", "MR1652 The system has no task 'play'."]);
});

test('failures of what is not there are told where they are named', () => {
  const message = "MR1652 The system has no task 'nothing'.";
  expect(problems([waitFor('w', 'failed.nothing')])).toEqual([message]);
  expect(problems([], { on: 'failed.nothing' })).toEqual([message]);
});

test('names that lead nowhere are told, never printed', () => {
  expect(problems([step('s', 'nothing', '() => nothing("a")')])).toEqual(["MR1652 The system has no task 'nothing'."]);
  expect(problems([step('s', 'work', '({ input, later }) => work(input + later)')])).toEqual([
    "MR1651 The lambda reads 'later', which is not in its scope.",
  ]);
  expect(problems([], { onFailure: call('work', '({ step }) => work(step)') })).toEqual([
    "MR1651 The lambda reads 'step', which is not in its scope.",
  ]);
  // A result is in scope behind its step only, and one of a part only in that part.
  expect(problems([step('s', 'work', '({ s }) => work(s)')]).length).toBe(1);
});

test('a flow of nothing, and a system of nothing', () => {
  const { files, diagnostics } = compile(system('empty', [...basics(), flow('go', 'z.string()', body())]));
  expect(diagnostics).toEqual([]);
  expect(files.find((file) => file.path === 'flows/go.ts')?.text).toContain('async function run() {\n}\n');
  expect(files.every((file) => !/[ \t]$/m.test(file.text))).toBe(true);
  expect(compile(system('nothing', [])).files.map((file) => file.path)).toEqual(['index.ts', 'manifest.json']);
});
