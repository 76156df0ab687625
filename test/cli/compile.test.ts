import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { initialised, project, stackTrace, type Project } from './dsl.ts';

const head = `import { event, flow, system, task } from 'millrace';\nimport { z } from 'zod';\n`;
const good = `${head}export default system('good', { version: '1.0.0' });
export const count = task('countWords', { input: z.string(), output: z.int() });
export const words = flow('words', { input: z.string(), output: z.int() }, (f) => f.step('n', ({ input }) => count(input)).returns(({ n }) => n));
`;

interface Compiled {
  readonly ok: boolean;
  readonly systems: readonly { name: string; version: string; hash: string; files: string[]; written: number }[];
  readonly diagnostics: readonly { code: string; severity: string }[];
}

async function compile(it: Project, ...args: string[]): Promise<Compiled> {
  return JSON.parse((await it.dsl(['compile', '--json', ...args])).stdout) as Compiled;
}

test('the document has the agreed shape; what is unchanged is not written', async () => {
  using it = project({ 'good.dsl.ts': good });
  const first = await compile(it);
  expect(first).toMatchObject({ ok: true, diagnostics: [{ code: 'MR1501', severity: 'warning' }] });
  const [system] = first.systems;
  expect(system).toEqual({
    name: 'good',
    version: '1.0.0',
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    files: expect.arrayContaining([
      'generated/good/contracts.ts',
      'generated/good/flows/words.ts',
      'generated/good/index.ts',
    ]),
    written: system?.files.length,
  });
  const second = await compile(it);
  expect(second.systems).toEqual([{ ...system, files: expect.any(Array), written: 0 }]);
  expect(second.systems[0]?.files.toSorted()).toEqual(system?.files.toSorted());
  // A comment changes nothing in the output, and the next time nothing has to be read.
  appendFileSync(join(it.root, 'good.dsl.ts'), '// a remark\n');
  expect((await compile(it)).systems).toMatchObject([{ written: 0 }]);
  expect(await it.dsl(['compile'])).toMatchObject({ code: 0, stdout: 'good 1.0.0  unchanged\n' });
});

test('an edit is seen, whatever the clock says', async () => {
  using it = project({ 'good.dsl.ts': good });
  await compile(it);
  for (const version of ['1.0.1', '1.0.2', '1.0.3']) {
    writeFileSync(join(it.root, 'good.dsl.ts'), good.replace('1.0.0', version));
    expect((await compile(it)).systems).toMatchObject([{ version }]);
    expect((await compile(it)).systems).toMatchObject([{ version, written: 0 }]);
  }
  const output = join(it.root, 'generated/good/contracts.ts');
  writeFileSync(output, readFileSync(output, 'utf8').replace('countWords', 'countWorms'));
  expect(await it.dsl(['compile'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/error MR1661: /) });
  rmSync(output);
  expect((await compile(it)).systems).toMatchObject([{ written: 1 }]);
});

test('--check says what is stale, writes nothing, and is 0 when nothing is', async () => {
  using it = project({ 'good.dsl.ts': good });
  expect(await it.dsl(['compile', '--check'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/error MR1660: .*missing/),
  });
  expect(existsSync(join(it.root, 'generated'))).toBe(false);
  await compile(it);
  expect(await it.dsl(['compile', '--check'])).toMatchObject({ code: 0, stdout: 'good 1.0.0  up to date\n' });
  writeFileSync(
    join(it.root, 'good.dsl.ts'),
    good.replace('z.string(), output: z.int() });', 'z.string().min(1), output: z.int() });'),
  );
  const before = statSync(join(it.root, 'generated/good/contracts.ts')).mtimeMs;
  const stale = await it.dsl(['compile', '--check', '--json']);
  expect(stale).toMatchObject({ code: 1, stderr: '' });
  expect(JSON.parse(stale.stdout)).toMatchObject({
    ok: false,
    diagnostics: expect.arrayContaining([expect.objectContaining({ code: 'MR1660' })]),
  });
  expect(statSync(join(it.root, 'generated/good/contracts.ts')).mtimeMs).toBe(before);
});

test('--stubs begins what is missing, once, and never touches what is there', async () => {
  using it = project({ 'good.dsl.ts': good });
  expect(await it.dsl(['compile', '--stubs'])).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('+ tasks/count-words.ts'),
  });
  const stub = join(it.root, 'tasks/count-words.ts');
  expect(readFileSync(stub, 'utf8')).toContain("from '../generated/good/contracts.ts'");
  const ran = await it.dsl(['run', 'good.dsl.ts', 'words', '--input', '"a b"', '--json']);
  expect(JSON.parse(ran.stdout)).toMatchObject({ status: 'failed', error: { code: 'MR3104' } });
  writeFileSync(
    stub,
    `import { implement } from 'millrace/tasks';\nimport { countWords } from '../generated/good/contracts.ts';\nexport default implement(countWords, (text) => text.split(' ').length);\n`,
  );
  const mine = readFileSync(stub, 'utf8');
  expect((await it.dsl(['compile', '--stubs'])).stdout).toBe('good 1.0.0  unchanged\n');
  expect(readFileSync(stub, 'utf8')).toBe(mine);
  expect(
    JSON.parse((await it.dsl(['run', 'good.dsl.ts', 'words', '--input', '"a b"', '--json'])).stdout),
  ).toMatchObject({ output: 2 });
});

test('an implementation that is missing or broken is named when the system is run', async () => {
  using it = project({ 'good.dsl.ts': good });
  const run = ['run', 'good.dsl.ts', 'words', '--input', '"a"'];
  const missing = await it.dsl(run);
  expect(missing).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /error MR1501: good\.dsl\.ts:\d+:\d+: task 'countWords' .* no tasks\/count-words\.ts\.\n[\s\S]*dsl compile --stubs/,
    ),
  });
  expect(missing.stderr).not.toMatch(stackTrace);
  // Compiling says it every time, also when nothing is written.
  expect(await it.dsl(['compile'])).toMatchObject({
    code: 0,
    stdout: 'good 1.0.0  unchanged\n',
    stderr: expect.stringContaining('warning MR1501: One task has no implementation: countWords.'),
  });
  mkdirSync(join(it.root, 'tasks'));
  for (const text of [
    'export default {{',
    `\n\nthrow new Error('not today');\n`,
    `import x from './nowhere.ts';\nexport default x;\n`,
  ]) {
    writeFileSync(join(it.root, 'tasks/count-words.ts'), text);
    const broken = await it.dsl(run);
    expect(broken).toMatchObject({ code: 1, stderr: expect.stringMatching(/error MR2016: /) });
    expect(broken.stderr).not.toMatch(stackTrace);
  }
  writeFileSync(join(it.root, 'tasks/count-words.ts'), `\n\nthrow new Error('not today');\nexport default 1;\n`);
  expect((await it.dsl(run)).stderr).toMatch(/tasks\/count-words\.ts:3: .*not today/);
  expect(existsSync(join(it.root, '.millrace'))).toBe(false);
});

test('a part belongs to the system that includes it, fresh or not', async () => {
  using it = project({
    'shop.dsl.ts': `${head}import * as billing from './billing.dsl.ts';\nexport default system('shop', { version: '1.0.0', parts: [billing] });\n`,
    'billing.dsl.ts': `${head}export const paid = event('paid', { payload: z.string() });\nexport const book = flow('book', { input: z.string(), on: paid }, (f) => f.returns(({ input }) => input));\n`,
  });
  expect(await compile(it)).toMatchObject({ ok: true, systems: [{ name: 'shop' }], diagnostics: [] });
  expect(await compile(it)).toMatchObject({ ok: true, systems: [{ name: 'shop', written: 0 }] });
  appendFileSync(
    join(it.root, 'billing.dsl.ts'),
    `export const refunded = event('refunded', { payload: z.string() });\n`,
  );
  expect((await compile(it)).systems[0]?.written).toBeGreaterThan(0);
  expect(await it.dsl(['check'])).toMatchObject({ code: 0 });
  expect(await it.dsl(['compile', 'billing.dsl.ts'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/error MR1007/),
  });
});

test('the config says where systems are and where code goes; the command line wins', async () => {
  using it = project({
    'dsl.config.ts': `import { defineConfig } from 'millrace';\nexport default defineConfig({ globs: ['src/*.dsl.ts'], out: 'src/gen' });\n`,
    'src/good.dsl.ts': good,
    'other.dsl.ts': 'broken',
    'sub/x.txt': '',
  });
  expect((await compile(it)).systems[0]?.files).toContain('src/gen/good/index.ts');
  const below = await it.dsl(['compile', '--json'], { cwd: join(it.root, 'sub') });
  expect((JSON.parse(below.stdout) as Compiled).systems[0]?.files).toContain('../src/gen/good/index.ts');
  expect((await compile(it, 'src/good.dsl.ts', '--out', 'elsewhere')).systems[0]?.files).toContain(
    'elsewhere/good/index.ts',
  );
  // A setting that changes is a change.
  writeFileSync(
    join(it.root, 'dsl.config.ts'),
    `export default { globs: ['src/*.dsl.ts'], out: 'src/gen', rules: { MR1501: 'error' } };\n`,
  );
  expect(await compile(it)).toMatchObject({ ok: false, diagnostics: [{ code: 'MR1501', severity: 'error' }] });
});

test('check: formats, limits, exit codes', async () => {
  using it = project({ 'good.dsl.ts': good });
  expect(await it.dsl(['check'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^warning MR1501: [\s\S]*1 warning\n$/),
    stderr: '',
  });
  expect(await it.dsl(['check', '--max-warnings', '0'])).toMatchObject({
    code: 1,
    stderr: '1 warning, and at most 0 are allowed.\n',
  });
  expect(await it.dsl(['check', '--max-warnings', 'x'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error MR2003/),
  });
  expect(await it.dsl(['check', '--format', 'xml'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error MR2003: .*pretty, json, sarif, github/),
  });
  for (const args of [['--json'], ['--format', 'json']]) {
    const { stdout } = await it.dsl(['check', ...args]);
    expect(JSON.parse(stdout)).toMatchObject({
      errors: 0,
      warnings: 1,
      diagnostics: [{ code: 'MR1501', file: 'good.dsl.ts', line: 4 }],
    });
  }
  expect(JSON.parse((await it.dsl(['check', '--format', 'sarif'])).stdout)).toMatchObject({
    version: '2.1.0',
    runs: [{ results: [{ ruleId: 'MR1501' }] }],
  });
  expect((await it.dsl(['check'], { env: { GITHUB_ACTIONS: 'true' } })).stdout).toMatch(
    /^::warning file=good\.dsl\.ts,line=4/,
  );
});

test('inspect: a summary, the model, the schema of models', async () => {
  using it = await initialised('hello');
  expect((await it.dsl(['inspect', 'hello.dsl.ts'])).stdout).toMatch(
    /hello 1\.0\.0[\s\S]*signed: signGuestBook[\s\S]*▸ outside: visitorArrived → greeted/,
  );
  expect(JSON.parse((await it.dsl(['inspect', 'hello.dsl.ts', '--json'])).stdout)).toMatchObject({
    kind: 'system',
    name: 'hello',
    flows: { greet: {} },
  });
  expect(JSON.parse((await it.dsl(['inspect', '--schema'])).stdout)).toMatchObject({ type: 'object' });
  expect(await it.dsl(['inspect', '--schema', '--json'])).toMatchObject({ code: 2 });
  expect(await it.dsl(['inspect'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error MR2003: /) });
});

test('--watch compiles at each change and ends with Ctrl-C', async () => {
  using it = project({ 'good.dsl.ts': good });
  const watching = it.start(['compile', '--watch']);
  const file = join(it.root, 'good.dsl.ts');
  await watching.says('Watching');
  writeFileSync(file, 'broken(');
  await watching.says('error MR1006');
  writeFileSync(file, good.replace('1.0.0', '2.0.0'));
  while (!readFileSync(join(it.root, 'generated/good/index.ts'), 'utf8').includes('2.0.0'))
    await new Promise((resolve) => setTimeout(resolve, 10));
  watching.kill('SIGINT');
  expect(await watching.done).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/good 1\.0\.0 [\s\S]*good 2\.0\.0/),
  });
  expect(await it.dsl(['compile', '--watch', '--check'])).toMatchObject({ code: 2 });
});
