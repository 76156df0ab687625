import { expect, test } from 'vitest';
import { modelOf } from '../../source/fixtures/read-text.ts';
import { printSystem } from '../../source/print/print-system.ts';
import { difference } from '../../source/print/same.ts';
import { importWorkflowJson } from './import-workflow-json.ts';

const book = `{
  "name": "book",
  "version": "2.1.0",
  "type": "custom",
  "steps": [
    { "id": "print", "role": "press", "depends_on": ["write-up", "draw"] },
    { "id": "write-up", "role": "writer", "outputs": ["text", "the notes"] },
    { "id": "draw", "depends_on": ["write-up"] }
  ],
  "models": { "writer": "big-1", "press": "small-1" },
  "policy": { "timeout_ms": 90000, "max_parallelism": 2, "budget_limit": 1.5 }
}`;

function said(text: string, options: Parameters<typeof importWorkflowJson>[1] = {}): string[] {
  const { diagnostics } = importWorkflowJson(text, options);
  return diagnostics
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, line, column, message }) => `${code} ${line}:${column} ${message}`);
}
const steps = (list: string, rest = ''): string => `{ "name": "w", "steps": [${list}]${rest} }`;

test('a workflow becomes a flow that can be written and read', async () => {
  const { model, flow, diagnostics } = importWorkflowJson(book, { file: 'book.json' });
  expect(flow).toBe('book');
  expect(diagnostics.map(({ code, severity, line, column }) => `${severity} ${code} ${line}:${column}`)).toEqual([
    'info MR1755 7:13',
    'info MR1755 8:13',
    'info MR1755 6:13',
  ]);
  if (model === undefined) throw new Error('no model');
  const { text = '', diagnostics: refused } = printSystem(model);
  expect(refused).toEqual([]);
  expect(text).toContain("export const writer = agent('writer', { model: 'big-1', metadata: { role: 'writer' } });");
  expect(text).toContain('output: z.looseObject({ text: z.unknown(), ');
  expect(text).toContain(
    ".node('draw', (scope) => draw({ input: scope.input, 'write-up': scope['write-up'] }), { needs: ['write-up'] })",
  );
  expect(text).toContain('{ concurrency: 2 }');
  expect(text).toContain("timeout: '90s'");
  expect(text).toContain("budget: { run: '1.5 USD' }");
  expect(difference(await modelOf(text), model)).toBeUndefined();
});

test('a role that is called as a step gets an agent of another name', () => {
  const { model } = importWorkflowJson(steps('{ "id": "w", "role": "w" }', ', "models": { "w": "m" }'));
  expect(Object.keys(model?.agents ?? {})).toEqual(['wAgent']);
  expect(Object.keys(model?.flows ?? {})).toEqual(['wFlow']);
  expect(model?.name).toBe('w');
});

test.each([
  ['{', ['MR1790 1:2 This is not JSON: Expected a name in double quotes, but found the end.']],
  ['[]', ['MR1791 1:1 Expected a workflow, with members, here.']],
  ['{}', ["MR1791 1:1 Expected a workflow with 'steps' here."]],
  [steps('{}'), ["MR1791 1:26 Expected a step with an 'id' here."]],
  [steps('{ "id": "a" }, { "id": "a" }'), ["MR1794 1:49 The id 'a' is used twice."]],
  [
    steps('{ "id": "a", "depends_on": ["b"] }, { "id": "c" }'),
    ["MR1793 1:54 Step 'a' depends on what is not there: 'b' is no step. There are: a, c."],
  ],
  [
    steps('{ "id": "a", "depends_on": ["b"] }, { "id": "b", "depends_on": ["a"] }'),
    ["MR1795 1:34 The steps depend on each other in a circle: 'a' → 'b' → 'a'."],
  ],
  [steps('{ "id": "a", "rolle": "x" }'), ["MR1792 1:39 A step has no 'rolle': it is left out."]],
  [
    steps('{ "id": "a" }', ', "policy": { "max_parallelism": 0 }'),
    ['MR1791 1:73 Expected a count: a whole number above 0 here.'],
  ],
  [steps('{ "id": "a" }', ', "type": "x"'), ["MR1793 1:50 'x' is no type of workflow."]],
])('%s', (text, expected) => {
  expect(said(text)).toEqual(expected);
});

test('a workflow of the type spec-default has the required roles, in a chain', () => {
  const roles = { required: ['plan', 'code', 'test'], optional: ['draw'] };
  const chain = (last: string): string =>
    steps(
      `{ "id": "a", "role": "plan" }, { "id": "b", "role": "code", "depends_on": ["d"] }, { "id": "c", "role": "test", "depends_on": ["${last}"] }, { "id": "d", "role": "draw", "depends_on": ["a"] }`,
      ', "type": "spec-default"',
    );
  expect(said(chain('b'), { roles })).toEqual([]);
  expect(said(chain('a'), { roles })).toEqual([
    "MR1798 1:117 Step 'c' of the role 'test' does not depend on a step of the role 'code'.",
  ]);
  expect(said(chain('b'), { roles: { required: ['plan', 'ship'], optional: [] } })).toHaveLength(4);
  expect(said(chain('b'))).toEqual([
    expect.stringContaining("Which roles 'spec-default' requires is not known") as string,
  ]);
});
