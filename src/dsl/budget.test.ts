import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { longFlow, syntheticDsl, wideMachine } from '../../test/support/synthetic.ts';
import { root, typeCheck } from '../../test/support/type-check.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-budget-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

/** Checks one generated file in a project of its own. */
async function instantiations(name: string, text: string): Promise<number> {
  writeFileSync(join(folder, `${name}.dsl.ts`), text);
  const paths = { millrace: [`${root}src/dsl/index.ts`] };
  const project = {
    extends: `${root}tsconfig.json`,
    compilerOptions: { paths, typeRoots: [`${root}node_modules/@types`] },
    include: [`${name}.dsl.ts`],
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(project));
  const result = await typeCheck(join(folder, `${name}.json`));
  expect(result.errors).toEqual([]);
  return result.instantiations;
}

test('the work of the type checker grows with the number of definitions, not faster', async () => {
  const counts: number[] = [];
  for (const definitions of [50, 100, 200, 400])
    counts.push(await instantiations(`of${definitions}`, syntheticDsl(definitions)));
  const growth = counts.slice(1).map((count, index) => count / (counts[index] ?? 0));
  for (const factor of growth) expect(factor).toBeLessThanOrEqual(2.1);
  // The schema library costs the same whatever we write, and hides what we add: look at that alone, too.
  const [first = 0, second = 0, third = 0, last = 0] = counts;
  expect((third - second) / (second - first)).toBeLessThanOrEqual(2.1);
  expect((last - third) / (third - second)).toBeLessThanOrEqual(2.1);
  expect((last - third) / 200).toBeLessThan(2500);
}, 120_000);

test('a flow of 80 steps compiles', async () => {
  expect(await instantiations('long', longFlow(80))).toBeLessThan(1_000_000);
}, 60_000);

test('a machine grows with its states, also where they narrow the context', async () => {
  const counts: number[] = [];
  for (const states of [5, 10, 20]) counts.push(await instantiations(`wide${states}`, wideMachine(states)));
  const [first = 0, second = 0, third = 0] = counts;
  expect((third - second) / (second - first)).toBeLessThanOrEqual(2.1);
  expect((third - second) / 10).toBeLessThan(25_000);
}, 120_000);
