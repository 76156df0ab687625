import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readPolicyFile } from './policy-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (text: string, name: string) => {
  writeFileSync(join(folder, name), text);
  return readPolicyFile(join(folder, name), folder);
};

const yaml = `# What we may spend
budgets:
  - scope: day
    limit: 20 USD
  - { scope: run, limit: 0.50 USD }
`;
const json = `{\n\t"budgets": [\n\t\t{ "scope": "day", "limit": "20 USD" },\n\t\t{ "scope": "run", "limit": "0.50 USD" }\n\t]\n}\n`;

test.each([
  ['p.yaml', yaml, '3:5', '4:5', '5:5', '5:19', '2:1'],
  ['p.json', json, '3:3', '3:21', '4:3', '4:21', '2:2'],
])('%s says the same, and where', (name, text, first, limit, second, inline, list) => {
  const { value, placeOf } = read(text, name);
  expect(value).toEqual({
    budgets: [
      { scope: 'day', limit: '20 USD' },
      { scope: 'run', limit: '0.50 USD' },
    ],
  });
  expect(placeOf(['budgets', 0])).toBe(`${name}:${first}`);
  expect(placeOf(['budgets', 0, 'limit'])).toBe(`${name}:${limit}`);
  expect(placeOf(['budgets', 1])).toBe(`${name}:${second}`);
  expect(placeOf(['budgets', 1, 'limit'])).toBe(`${name}:${inline}`);
  // What is not there is missing from what it should be in.
  expect(placeOf(['budgets', 1, 'of'])).toBe(`${name}:${second}`);
  expect(placeOf(['budgets'])).toBe(`${name}:${list}`);
  expect(placeOf(['nothing', 'at', 'all'])).toMatch(/:\d+:\d+$/);
});

test.each([
  ['twice.yaml', 'a: 1\na: 2\n', /twice\.yaml:2:1: this is not YAML: .*unique/],
  ['open.yaml', 'a: [1, 2\n', /open\.yaml:\d+:\d+: this is not YAML/],
  ['two.yaml', 'a: 1\n---\nb: 2\n', /two\.yaml:\d+:\d+: this is not YAML: .*multiple documents/],
  ['tag.yaml', 'a: !!js/function "x"\n', /tag\.yaml:1:4: this is not YAML: .*tag/i],
  ['open.json', '{\n "a": ]\n}', /open\.json:2:7: this is not JSON/],
  // Allowed in YAML, and no JSON.
  ['comma.json', '{ "a": 1, }', /comma\.json:1:\d+: this is not JSON/],
])('%s is refused with its place', (name, text, message) => {
  expect(() => read(text, name)).toThrow(expect.objectContaining({ code: 'MR2051', exitCode: 1 }));
  expect(() => read(text, name)).toThrow(message);
});

test('a few lines do not become gigabytes', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let index = 1; index < 12; index++)
    lines.push(
      `a${index}: &a${index} [${Array<string>(10)
        .fill(`*a${index - 1}`)
        .join(', ')}]`,
    );
  expect(() => read(lines.join('\n'), 'bomb.yaml')).toThrow(expect.objectContaining({ code: 'MR2051' }));
});

test('a file that is not there, and one that is a folder', () => {
  expect(() => readPolicyFile(join(folder, 'none.yaml'), folder)).toThrow(/There is no file none\.yaml/);
  expect(() => readPolicyFile(folder, folder)).toThrow(expect.objectContaining({ code: 'MR2051' }));
});
