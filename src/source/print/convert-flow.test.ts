import { join } from 'node:path';
import type { FlowNode, SystemModel } from 'millrace/model';
import { convertDslToFlow, convertFlowToDsl, readSystem } from 'millrace/source';
import { expect, test } from 'vitest';
import { root } from '../../../test/support/type-check.ts';
import { significant } from '../../model/hash/print.ts';
import { basics, modelOf } from '../fixtures/read-text.ts';

const files = [
  'dsl-examples/orders/orders.dsl.ts',
  'dsl-examples/ingest/ingest.dsl.ts',
  'dsl-examples/releases/releases.dsl.ts',
  'dsl-examples/review/review.dsl.ts',
  'test/language/everything.dsl.ts',
];

test.each(files)('every flow of %s comes back as it was', async (file) => {
  const { system } = (await readSystem(join(root, file))) as { system: SystemModel };
  for (const flow of Object.values(system.flows)) {
    const { text = '' } = convertFlowToDsl(flow, system);
    expect(text.startsWith(flow.description === undefined ? 'export const' : '/**')).toBe(true);
    const { flow: again, diagnostics } = await convertDslToFlow(text, system);
    expect(diagnostics).toEqual([]);
    expect(significant(again as FlowNode)).toEqual(significant(flow));
    expect(again?.location.line).toBeLessThan(5);
  }
});

test('a new flow, and what is no flow', async () => {
  const model = await modelOf(`${basics}export const Id = z.string();
export const pay = flow('pay', { input: z.object({ id: Id }) }, (f) => f.step('a', ({ input }) => charge(input)));`);
  const { flow } = await convertDslToFlow(
    "export const twice = flow('twice', { input: Id }, (f) => f\n  .step('p', ({ input }) => pay({ id: input }))\n  .waitFor('w', placed));",
    model,
  );
  expect(flow?.body.steps.map((step) => step.kind)).toEqual(['step', 'waitFor']);
  expect(flow?.body.steps[0]?.location).toMatchObject({ line: 2, column: 4 });
  const codes = async (text: string): Promise<readonly string[]> =>
    (await convertDslToFlow(text, model)).diagnostics.map(({ code, line }) => `${code} ${line}`);
  expect(await codes('')).toEqual(['MR1743 1']);
  expect(await codes("export const e = event('e', { payload: z.any() });")).toEqual(['MR1743 1']);
  expect(await codes("export const a = flow('a', { input: Id }, (f) => f\n.step('x', () => nobody({})));")).toEqual([
    'MR1115 2',
  ]);
  expect(await codes('export const a = flow(')).toContain('MR1006 1');
});
