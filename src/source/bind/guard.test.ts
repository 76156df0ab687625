import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-guard-'));
  mkdirSync(join(folder, 'node_modules/millrace'), { recursive: true });
  symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
  symlinkSync(join(root, 'src'), join(folder, 'node_modules/millrace/src'));
  const exports = { '.': './src/dsl/index.ts', './*': './src/*/index.ts' };
  writeFileSync(join(folder, 'node_modules/millrace/package.json'), JSON.stringify({ type: 'module', exports }));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Loads a system in a process of its own, as Node itself executes files: what it says of the first task, or the failure. */
function load(
  files: Readonly<Record<string, string>>,
  options: object = {},
): { ok?: string; code?: string; message?: string } {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const script = `const { loadSystemFromDsl } = await import(process.argv[1]);
    const said = await loadSystemFromDsl('a.dsl.ts', { live: true, ...JSON.parse(process.argv[2]) }).then(
      (system) => ({ ok: String(system.events.e.payload.parse(undefined)) }),
      ({ code, message }) => ({ code, message }));
    console.log(JSON.stringify(said));
    process.exit();`;
  const index = join(root, 'src/source/index.ts');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script, index, JSON.stringify(options)],
    { cwd: folder, encoding: 'utf8', timeout: 25_000 },
  );
  expect(stderr).toBe('');
  return JSON.parse(stdout) as ReturnType<typeof load>;
}

const dsl = (head: string, value: string): string =>
  `import { event, system, task } from 'millrace';\nimport { z } from 'zod';\n${head}\nexport default system('s', { version: '1.0.0' });\nexport const e = event('e', { payload: z.any().default(${value}) });\nexport const t = task('t', { input: z.any(), output: z.any() });\n`;

it('relative imports work, and packages may use what they like', () => {
  const files = {
    'a.dsl.ts': dsl("import { rate } from './lib/rate.ts';\nimport { of } from 'pack';", 'rate + of'),
    'lib/rate.ts': "import { more } from '../more.ts';\nexport const rate = 1 + more;\n",
    'more.ts': 'export const more = 2;\n',
    'node_modules/pack/package.json': '{"type":"module","exports":"./index.js"}',
    'node_modules/pack/index.js': "import { basename } from 'node:path';\nexport const of = basename('/a/b').length;\n",
  };
  expect(load(files)).toEqual({ ok: '4' });
});

it.each(['node:fs', 'child_process'])('%s is refused, in the file and in what it imports', (name) => {
  const head = `import '${name}';`;
  expect(load({ 'a.dsl.ts': dsl(head, '1') })).toMatchObject({
    code: 'MR1292',
    message: expect.stringMatching(new RegExp(`^'a\\.dsl\\.ts' imports '${name}'`)) as string,
  });
  const files = {
    'a.dsl.ts': dsl("import { kind } from './lib/kind.ts';", 'kind'),
    'lib/kind.ts': `${head}\nexport const kind = 'k';\n`,
  };
  expect(load(files)).toMatchObject({
    code: 'MR1292',
    message: expect.stringMatching(/^'lib\/kind\.ts' imports/) as string,
  });
  expect(load(files, { builtins: true })).toEqual({ ok: 'k' });
});

it('where tsx executes, they are refused too', () => {
  const head = "import 'node:fs';\nenum Level { Low = 'low' }";
  expect(load({ 'a.dsl.ts': dsl(head, 'Level.Low') })).toMatchObject({ code: 'MR1292' });
});

it('implementations of tasks may use them', () => {
  const files = {
    'a.dsl.ts': dsl('', '1'),
    'tasks/t.ts':
      "import { hostname } from 'node:os';\nimport { implement } from 'millrace/tasks';\nexport default implement({ kind: 'task', contract: 't' }, () => hostname());\n",
  };
  expect(load(files)).toEqual({ ok: '1' });
});

it('a loop without an end, and an await, take no longer than they may', () => {
  const loop = { 'a.dsl.ts': dsl("import { kind } from './kind.ts';", 'kind') };
  expect(load({ ...loop, 'kind.ts': 'export const kind = 1;\nfor (;;) {}\n' }, { timeLimit: '2s' })).toMatchObject({
    code: 'MR1293',
    message: expect.stringMatching(/^Executing 'a\.dsl\.ts' takes longer than 2s\./) as string,
  });
  const waits = 'export const kind = 1;\nawait new Promise((resolve) => setTimeout(resolve, 60_000));\n';
  expect(load({ ...loop, 'kind.ts': waits }, { timeLimit: '2s' })).toMatchObject({ code: 'MR1293' });
  // What is wrong otherwise is told as ever.
  expect(
    load({ ...loop, 'kind.ts': "export const kind = 1;\nthrow new Error('no luck');\n" }, { timeLimit: '20s' }),
  ).toMatchObject({ code: 'MR1017', message: expect.stringContaining('no luck') as string });
});
