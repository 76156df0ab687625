import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { project } from '../fixtures/project.ts';
import { loadSteps } from './load.ts';

const step = (more: string): string =>
  `import { migration } from 'millrace/migrate';\n\nexport default migration({\n  from: '1.0.0',\n  to: '2.0.0',\n${more}});\n`;

const problems = async (text: string, file = 'migrations/1.0.0-to-2.0.0.ts') => {
  using it = project({ [file]: text });
  const { files, diagnostics } = await loadSteps(it.entry, it.root);
  expect(files).toEqual([]);
  return diagnostics.map(({ code, file: at, line, column, message }) => `${code} ${at}:${line}:${column} ${message}`);
};

test('steps are found in the folder beside the entry, by their versions', async () => {
  using it = project({
    'migrations/b.ts': step(''),
    'migrations/a.mts': step('').replace('2.0.0', '3.0.0').replace('1.0.0', '2.0.0'),
    // An enum cannot be stripped.
    'migrations/c.ts': `enum To { Next = '4.0.0' }\n${step('').replace("'2.0.0'", 'To.Next').replace('1.0.0', '3.0.0')}`,
    'migrations/b.test.ts': 'throw new Error();',
    'migrations/types.d.ts': 'throw new Error();',
    'migrations/notes.md': '#',
  });
  const { files, diagnostics } = await loadSteps(it.entry, it.root);
  expect(diagnostics).toEqual([]);
  expect(files.map(({ file, step: { from, to } }) => `${file} ${from} ${to}`)).toEqual([
    'migrations/b.ts 1.0.0 2.0.0',
    'migrations/a.mts 2.0.0 3.0.0',
    'migrations/c.ts 3.0.0 4.0.0',
  ]);
});

test('a module that is mended is executed again, its places as they are now', async () => {
  using it = project({ 'migrations/a.ts': 'throw new Error("boom");' });
  const load = async () => await loadSteps(it.entry, it.root);
  expect((await load()).diagnostics).toMatchObject([{ code: 'MR1813', line: 1 }]);
  it.write({ 'migrations/a.ts': '\n\nthrow new Error("again");' });
  expect((await load()).diagnostics).toMatchObject([
    { code: 'MR1813', file: 'migrations/a.ts', line: 3, message: expect.stringContaining('again') },
  ]);
  it.write({ 'migrations/a.ts': step('') });
  expect((await load()).files).toHaveLength(1);
});

test('an error of ours that a module throws is told as it is', async () => {
  const text = `import { MillraceError } from 'millrace/core';\nthrow new MillraceError('ours', { code: 'MR9999', retryable: false, fault: 'input' });`;
  expect(await problems(text)).toEqual([expect.stringContaining('cannot be executed: ours')]);
});

test('a module that never ends, and the syntax of one, as Node itself has it', () => {
  using it = project({
    'migrations/a.ts': 'await new Promise(() => {});\nexport default 1;',
    'migrations/b.ts': 'const a = 1;\nconst b = ] 2;\n',
  });
  const load = pathToFileURL(join(import.meta.dirname, 'load.ts')).href;
  const code = `const { loadSteps } = await import('${load}');
    const { diagnostics } = await loadSteps(${JSON.stringify(it.entry)}, ${JSON.stringify(it.root)}, 300);
    console.log(JSON.stringify(diagnostics));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  expect(JSON.parse(said)).toMatchObject([
    { code: 'MR1813', file: 'migrations/a.ts', message: expect.stringContaining('did not end within 0.3 s') },
    {
      code: 'MR1813',
      file: 'migrations/b.ts',
      line: 2,
      column: 11,
      message: expect.stringContaining('Unexpected "]"'),
    },
  ]);
});

test('no folder, no steps', async () => {
  using it = project({});
  expect(await loadSteps(it.entry, it.root)).toEqual({ files: [], diagnostics: [] });
});

test.each<[string, string, readonly string[]]>([
  [
    'throws',
    `const a: number = 1;\n\n  throw new Error('boom ' + a);\n`,
    ["MR1813 migrations/1.0.0-to-2.0.0.ts:3:9 'migrations/1.0.0-to-2.0.0.ts' cannot be executed: boom 1"],
  ],
  [
    'is no TypeScript',
    'const a = 1;\nconst b = ] 2;\n',
    [expect.stringMatching(/^MR1813 migrations\/[\d.to-]+ts:2:\d+ /)],
  ],
  [
    'imports what is not there',
    `import './nowhere.ts';\n`,
    [expect.stringMatching(/^MR1813 .*Cannot find module .*nowhere/)],
  ],
  [
    'has no default export',
    `export const a = 1;\n`,
    ["MR1814 migrations/1.0.0-to-2.0.0.ts:1:1 'migrations/1.0.0-to-2.0.0.ts' has no default export."],
  ],
  [
    'is no step',
    `export default { from: '1.0.0' };\n`,
    [expect.stringContaining('exports something else than a step')],
  ],
  [
    'has members that a step has not',
    step(`  instances: {\n    order: { state: { a: 'b' }, context: 7 },\n  },\n  down: { from: '1' },\n`),
    [
      "MR1814 migrations/1.0.0-to-2.0.0.ts:7:33 'instances.order.context': this is not what a step has here.",
      "MR1814 migrations/1.0.0-to-2.0.0.ts:7:14 'instances.order.state': a step has no member 'state' here.",
      "MR1814 migrations/1.0.0-to-2.0.0.ts:9:11 'down.from': a step has no member 'from' here.",
    ],
  ],
  [
    'has wrong versions',
    step('').replace('2.0.0', '2.0').replace('1.0.0', 'v1'),
    [
      "MR1815 migrations/1.0.0-to-2.0.0.ts:4:3 `from`: 'v1' is not a version.",
      "MR1815 migrations/1.0.0-to-2.0.0.ts:5:3 `to`: '2.0' is not a version.",
    ],
  ],
  [
    'leads nowhere',
    step('').replace('2.0.0', '1.0.0'),
    ['MR1815 migrations/1.0.0-to-2.0.0.ts:5:3 The step leads from 1.0.0 to 1.0.0, which is not later.'],
  ],
  [
    'leads backwards',
    step('').replace('2.0.0', '1.0.0-beta'),
    ['MR1815 migrations/1.0.0-to-2.0.0.ts:5:3 The step leads from 1.0.0 to 1.0.0-beta, which is not later.'],
  ],
])('a module that %s', async (_, text, expected) => {
  expect(await problems(text)).toEqual(expected);
});

test('two steps from one version to the same', async () => {
  using it = project({ 'migrations/a.ts': step(''), 'migrations/b.ts': step('  tasks: {},\n') });
  const { diagnostics } = await loadSteps(it.entry, it.root);
  expect(diagnostics).toMatchObject([
    {
      code: 'MR1816',
      file: 'migrations/b.ts',
      line: 4,
      message: expect.stringContaining('both lead from 1.0.0 to 2.0.0'),
    },
  ]);
});
