import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const index = fileURLToPath(new URL('./index.ts', import.meta.url));
const run = (then: string): string[] =>
  JSON.parse(
    execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import module from 'node:module'; const source = await import(process.argv[1]); ${then} console.log(JSON.stringify(Object.keys(module._cache)))`,
        index,
      ],
      { encoding: 'utf8' },
    ),
  ) as string[];

it('the parser is loaded when something is read, not before', () => {
  expect(run('')).toEqual([]);
  expect(run("await source.readSystem('/none.dsl.ts'); await source.readSystem('/');")).toEqual([]);
  const reading = run('await source.readSystem(process.argv[1]);').map((path) =>
    path.replace(/.*\/node_modules\//, ''),
  );
  // The parser alone: the rest of ts-morph takes as long again.
  expect(reading).toEqual(['@ts-morph/common/dist/typescript.js']);
});
