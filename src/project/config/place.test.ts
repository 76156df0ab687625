import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { placeInConfig } from './place.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-place-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'dsl.config.ts');
const at = (text: string, ...path: (string | number)[]): string => {
  writeFileSync(file, text);
  const { line, column } = placeInConfig(file, path);
  return `${line}:${column}`;
};

const plain = `export default {\n  models: {\n    budgets: [{ scope: 'day', limit: 1 },\n      { scope: 'dya' }],\n  },\n};\n`;

test.each([
  [['models'], '2:3'],
  [['models', 'budgets', 0, 'limit'], '3:31'],
  [['models', 'budgets', 1], '4:7'],
  [['models', 'budgets', 1, 'scope'], '4:9'],
  // What is missing has the place of what lacks it.
  [['models', 'budgets', 1, 'limit'], '4:7'],
  [['models', 'budgets', 7], '3:5'],
  [['nothing'], '1:16'],
  [[], '1:16'],
])('%j is at %s', (path, place) => {
  expect(at(plain, ...path)).toBe(place);
});

test('it is found behind defineConfig, types, brackets and constants', () => {
  const text = `import { defineConfig } from 'millrace';
const budgets = [
  { scope: 'day' },
] as const;
const models = ({ budgets });
const config = defineConfig({ models } satisfies object);
export default config;
`;
  expect(at(text, 'models', 'budgets', 0, 'scope')).toBe('3:5');
  expect(at(text, 'models', 'budgets')).toBe('5:19');
});

test('what is computed has the place of the expression, and a circle has an end', () => {
  expect(at(`const a = b;\nconst b = a;\nexport default {\n  models: a };`, 'models', 'budgets')).toBe('4:3');
  expect(at(`export default {\n  models: process.env.X === '1' ? { cache: 1 } : {} };`, 'models', 'cache')).toBe('2:3');
});
