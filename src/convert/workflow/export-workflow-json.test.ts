import fc from 'fast-check';
import { expect, test } from 'vitest';
import { modelOf } from '../../source/fixtures/read-text.ts';
import { printSystem } from '../../source/print/print-system.ts';
import { difference } from '../../source/print/same.ts';
import { exportWorkflowJson } from './export-workflow-json.ts';
import { importWorkflowJson } from './import-workflow-json.ts';

const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z-]{0,5}$/),
  fc.constantFrom('input', 'scope', 'class', 'z', 'the end', "it's", 'ä', '1', 'a.b', 'w', 'context'),
);
const workflow = fc
  .record({
    names: fc.uniqueArray(name, { minLength: 1, maxLength: 6 }),
    roles: fc.array(fc.option(name, { nil: undefined }), { minLength: 6, maxLength: 6 }),
    edges: fc.array(fc.nat(63), { minLength: 6, maxLength: 6 }),
    outputs: fc.array(fc.uniqueArray(name, { maxLength: 3 }), { minLength: 6, maxLength: 6 }),
    models: fc.boolean(),
    rest: fc.record(
      {
        version: fc.constantFrom('2.0.0', '0.1.0-rc.1'),
        description: fc.constantFrom('A book.', 'Two\nlines */ of it.'),
        type: fc.constant('custom'),
      },
      { requiredKeys: [] },
    ),
    policy: fc.record(
      {
        timeout_ms: fc.integer({ min: 1, max: 1e9 }),
        max_parallelism: fc.integer({ min: 1, max: 9 }),
        budget_limit: fc.constantFrom(1, 0.5, 12.25),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ names, roles, edges, outputs, models, rest, policy }) => {
    const steps = names.map((id, index) => {
      const needs = names.filter((_, other) => other < index && ((edges[index] ?? 0) & (1 << other)) !== 0);
      const role = roles[index];
      return {
        id,
        ...(role === undefined ? {} : { role }),
        ...(needs.length === 0 ? {} : { depends_on: needs }),
        ...(outputs[index]?.length === 0 ? {} : { outputs: outputs[index] }),
      };
    });
    const used = [...new Set(steps.flatMap(({ role }) => role ?? []))];
    return {
      name: 'w',
      ...rest,
      steps,
      ...(models && used.length > 0 ? { models: Object.fromEntries(used.map((role) => [role, `m-${role}`])) } : {}),
      ...(Object.keys(policy).length === 0 ? {} : { policy }),
    };
  });

test('what was imported is exported as it was, and imported as the same system', () => {
  fc.assert(
    fc.property(workflow, (config) => {
      const first = importWorkflowJson(JSON.stringify(config));
      const node = first.model?.flows[first.flow ?? ''];
      if (first.model === undefined || node === undefined) throw new Error(JSON.stringify(first.diagnostics));
      const { text, diagnostics } = exportWorkflowJson(node, first.model);
      expect(diagnostics).toEqual([]);
      expect(JSON.parse(text)).toEqual(config);
      const second = importWorkflowJson(text);
      expect(second.model && difference(first.model, second.model)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test('through a file it is the same, too', async () => {
  await fc.assert(
    fc.asyncProperty(workflow, async (config) => {
      // JavaScript puts members called by whole numbers first: a file whose order that would change is refused (MR1740).
      fc.pre(!/"\d+"/.test(JSON.stringify(config)));
      const { model, flow } = importWorkflowJson(JSON.stringify(config));
      if (model === undefined) throw new Error('no model');
      const { text = '', diagnostics } = printSystem(model);
      expect(diagnostics).toEqual([]);
      const read = await modelOf(text);
      expect(difference(read, model)).toBeUndefined();
      const node = read.flows[flow ?? ''];
      expect(node && JSON.parse(exportWorkflowJson(node, read).text)).toEqual(config);
    }),
    { numRuns: 40 },
  );
});

test('what has no place is said', async () => {
  const model = await modelOf(`import { flow, system, task } from 'millrace';
import { z } from 'zod';
export default system('s', { version: '1.0.0' });
export const a = task('a', { input: z.object({ n: z.number() }), output: z.object({ m: z.number() }), timeout: '1m' });
export const f = flow('f', { input: z.looseObject({}) }, (f) => f.step('one', () => a({ n: 1 })).sleep('two', '1s').step('three', () => a({ n: 2 })));
`);
  const flow = model.flows['f'];
  if (flow === undefined) throw new Error('no flow');
  const { text, diagnostics } = exportWorkflowJson(flow, model);
  expect(JSON.parse(text)).toEqual({
    name: 'f',
    steps: [
      { id: 'one', outputs: ['m'] },
      { id: 'three', depends_on: ['one'], outputs: ['m'] },
    ],
  });
  expect([...new Set(diagnostics.map(({ code, message }) => `${code} ${message}`))]).toEqual([
    "MR1799 What the step 'one' is given has no place in a workflow in JSON: it is left out.",
    "MR1799 'timeout' of the task 'a' has no place in a workflow in JSON: it is left out.",
    "MR1799 The input of the task 'a' has no place in a workflow in JSON: it is left out.",
    "MR1799 The type of fields in the output of the task 'a' has no place in a workflow in JSON: it is left out.",
    "MR1799 The sleep 'two' has no place in a workflow in JSON: it is left out.",
    "MR1799 What the step 'three' is given has no place in a workflow in JSON: it is left out.",
  ]);
});
