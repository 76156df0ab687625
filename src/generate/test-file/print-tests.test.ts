import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { SystemModel, TaskNode } from '../../model/index.ts';
import type { TaskCase } from '../contract.ts';
import { printTests } from './print-tests.ts';

const at = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

function subjectOf(contract: string, file: string, task: object) {
  return {
    system: { name: 'shop' } as unknown as SystemModel,
    task: { name: contract, ...task } as TaskNode,
    contract,
    file: at(`${file}.ts`),
    testFile: at(`${file}.test.ts`),
  };
}

const basket = subjectOf('priceBasket', 'price-basket', { errors: ['EMPTY_BASKET'] });
const baskets: readonly TaskCase[] = [
  {
    name: 'a case "of" the model\'s\n*/ process.exit(0) //\u202e',
    origin: 'generated',
    input: { lines: [{ sku: "it's ${1} `x`", quantity: 9, cents: 100 }] },
    expect: { output: { net: 900, discount: 0, total: 900 }, emits: [{ event: 'priced', payload: { total: 900 } }] },
  },
  {
    name: 'ten pieces',
    origin: 'declared',
    input: { lines: [{ sku: 'A', quantity: 10, cents: 99 }] },
    expect: { output: { net: 990, discount: 99, total: 891 } },
  },
  { name: 'nothing', origin: 'declared', input: { lines: [] }, expect: { error: 'EMPTY_BASKET' } },
];

const page = subjectOf('describe', 'describe', { needs: { net: ['pages.test'], fs: ['titles/**'] } });
const pages: readonly TaskCase[] = [
  {
    name: 'takes the title out of a page',
    origin: 'generated',
    input: { page: 'mill' },
    fakes: { fetch: [{ url: 'https://pages.test/mill', text: '<html><title>A mill race</title></html>' }] },
    expect: { output: { title: 'A mill race' }, emits: [], files: { 'titles/mill.txt': 'A mill race' } },
  },
];

// The two files are tests themselves, which run beside this one.
it.each([
  [basket, baskets, 'price-basket.test.ts'],
  [page, pages, 'describe.test.ts'],
])('prints what runs', (subject, cases, file) => {
  const text = printTests(subject, { cases });
  if (process.env['UPDATE'] !== undefined) writeFileSync(at(file), text);
  expect(readFileSync(at(file), 'utf8')).toBe(text);
  expect(printTests(subject, { cases: structuredClone(cases) })).toBe(text);
});

it('prints what nobody has done as what is to be done', () => {
  const text = printTests(basket, { cases: baskets.slice(1), todo: true });
  expect(text).toContain("import { describe, it } from 'vitest';");
  expect(text.match(/it\.todo\(/g)).toHaveLength(3);
  expect(text).not.toMatch(/\bit\(|expect|import priceBasket/);
});

it('has something to do in it, also of a task that asks the world and has no examples', () => {
  const text = printTests(page, { cases: [], todo: true });
  expect(text).toMatch(/^describe\('describe', \(\) => \{\n {2}it\.todo\(/m);
  expect(text).not.toContain('import describe');
});

it('lets what is expected go through a schema that changes values', () => {
  const system = { tasks: { priceBasket: { output: { text: 'z.int().default(1)' } } } } as unknown as SystemModel;
  expect(printTests({ ...basket, system }, { cases: baskets })).toContain(
    'toEqual(priceBasket.contract.output.parse({',
  );
});
