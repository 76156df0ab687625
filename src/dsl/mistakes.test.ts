import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { root, typeCheck, type TypeError } from '../../test/support/type-check.ts';

// Each fixture holds mistakes that people make. A line ends with `// ✗` and a piece of the message that it must give;
// a line without one must give none.
const folder = `${root}src/dsl/fixtures/mistakes/`;
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));

let errors: readonly TypeError[] = [];
beforeAll(async () => {
  ({ errors } = await typeCheck(`${folder}tsconfig.json`));
});

test.each(files)('%s: every mistake is found on its line, in words', (file) => {
  const lines = readFileSync(folder + file, 'utf8').split('\n');
  const wrong = lines.flatMap((text, index) => {
    const wanted = /\/\/ ✗ (.*)$/.exec(text)?.[1]?.trim();
    const found = errors
      .filter((error) => error.file === file && error.line === index + 1)
      .map(({ message }) => message);
    const fine = wanted === undefined ? found.length === 0 : found.some((message) => message.includes(wanted));
    return fine ? [] : [{ line: index + 1, wanted, found }];
  });
  expect(wrong).toEqual([]);
});

test('no other file has errors, and there are as many mistakes as we believe', () => {
  expect(errors.filter(({ file }) => !files.includes(file))).toEqual([]);
  const mistakes = files.flatMap((file) => readFileSync(folder + file, 'utf8').match(/\/\/ ✗/g) ?? []);
  expect(mistakes.length).toBeGreaterThan(135);
});
