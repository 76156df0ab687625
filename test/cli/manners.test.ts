import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { dsl, initialised, main, project, repository, stackTrace } from './dsl.ts';

const names = Object.keys(commands);

test('--version prints the version and loads nothing', async () => {
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string };
  expect(await dsl(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  expect(await dsl(['-v'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('--help lists every command; no command at all is wrong usage', async () => {
  const help = await dsl(['--help']);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  for (const name of names) expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  expect(await dsl([])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage: dsl') });
});

test.each([...names, 'runs list', 'runs show', 'instances list', 'instances show'])(
  'dsl %s --help has examples',
  async (words) => {
    const help = await dsl([...words.split(' '), '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/Examples:\n {2}\$ dsl /) });
    if (!words.includes(' ')) expect(await dsl(['help', words])).toEqual(help);
  },
);

test('a group without its subcommand shows what there is', async () => {
  expect(await dsl(['runs'])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('list runs') });
  expect(await dsl(['runs', 'lst'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error MR2003: .*lst/) });
  const json = await dsl(['runs', '--json']);
  expect(json.code).toBe(2);
  expect(JSON.parse(json.stdout)).toMatchObject({
    ok: false,
    error: { code: 'MR2003', message: expect.stringContaining('list or show') },
  });
});

test.each(['constructor', 'toString', '__proto__'])('%s is no command', async (word) => {
  expect(await dsl([word])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error MR2002: /) });
});

test('an unknown command names the known ones and the nearest', async () => {
  const done = await dsl(['complie']);
  expect(done).toMatchObject({ code: 2, stdout: '' });
  expect(done.stderr).toMatch(/^error MR2002: .*'complie'/);
  for (const name of names) expect(done.stderr).toContain(name);
  expect(done.stderr).toContain('Did you mean `dsl compile`?');
});

test.each([
  [['explain', '--wrong'], 'MR2003'],
  [['explain'], 'MR2003'],
  [['explain', 'MR2001', 'MR2002'], 'MR2003'],
  [['explain', 'MR9999'], 'MR2006'],
  [['frobnicate'], 'MR2002'],
])('dsl %j is wrong usage: %s, in words and as JSON', async (args, code) => {
  const words = await dsl(args);
  expect(words).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(`^error ${code}: .+\n  hint: .+\n$`),
  });
  const json = await dsl([...args, '--json']);
  expect(json).toMatchObject({ code: 2, stderr: '' });
  expect(JSON.parse(json.stdout)).toEqual({
    ok: false,
    error: { code, message: expect.any(String), hint: expect.any(String) },
  });
});

test('colours only where there is a terminal', async () => {
  const ansi = '\u001B[';
  expect((await dsl(['nope'])).stderr).not.toContain(ansi);
  expect((await dsl(['nope'], { env: { FORCE_COLOR: '1' } })).stderr).toContain(ansi);
  expect((await dsl(['nope', '--no-color'], { env: { FORCE_COLOR: '1' } })).stderr).not.toContain(ansi);
  expect((await dsl(['nope'], { env: { NO_COLOR: '1' } })).stderr).not.toContain(ansi);
});

test('a stack trace only when asked for', async () => {
  expect((await dsl(['nope'])).stderr).not.toMatch(stackTrace);
  expect((await dsl(['nope', '--debug'])).stderr).toMatch(stackTrace);
  expect((await dsl(['nope'], { env: { MILLRACE_DEBUG: '1' } })).stderr).toMatch(stackTrace);
  // What holds for every command may also stand before it.
  expect((await dsl(['--debug', 'explain', 'MR9999'])).stderr).toMatch(/^error MR2006[\s\S]*\n +at /);
  expect((await dsl(['--json', 'explain', 'MR2009'])).stdout).toMatch(/"code":"MR2003"/);
});

test('explain prints the page of a code', async () => {
  const page = await dsl(['explain', 'mr2009']);
  expect(page).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('MR2009: Not JSON') });
  const json = JSON.parse((await dsl(['explain', 'MR2009', '--json'])).stdout) as Record<string, string>;
  expect(json).toMatchObject({ code: 'MR2009', title: 'Not JSON' });
  expect((await dsl(['explain', 'MR2o09'])).stderr).toContain('dsl explain MR2009');
  expect((await dsl(['explain', 'MR9999'])).stderr).not.toContain('Did you mean');
});

test('a config with a mistake is named with its line', async () => {
  using it = project({ 'dsl.config.ts': `export default {\n  ouput: 'x',\n};\n` });
  expect(await it.dsl(['doctor'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error MR2005: dsl\.config\.ts:2: .*'ouput'/),
  });
});

test('doctor finds a healthy machine, and names keys without their values', async () => {
  using it = project();
  const done = await it.dsl(['doctor', '--json'], { env: { OPENAI_API_KEY: 'sk-secret' } });
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).not.toContain('sk-secret');
  const { ok, checks } = JSON.parse(done.stdout) as {
    ok: boolean;
    checks: { name: string; status: string; message: string }[];
  };
  expect(ok).toBe(true);
  expect(checks.find((check) => check.name === 'sqlite')).toMatchObject({ status: 'ok' });
  expect(checks.find((check) => check.name === 'models')).toMatchObject({
    status: 'ok',
    message: expect.stringContaining('OPENAI_API_KEY'),
  });
});

test('doctor finds types that the tsconfig names and that are not installed', async () => {
  using it = await initialised('hello');
  expect((await it.dsl(['doctor'])).stdout).toContain('settings fit');
  rmSync(join(it.root, 'node_modules/@types'), { recursive: true });
  expect(await it.dsl(['doctor'])).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/✗ typescript .*not installed: node\n.*npm i -D @types\/node/),
  });
});

// The system's Node may be the same as ours, or absent: then there is nothing to try.
const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  const major = Number(/^v(\d+)/.exec(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? '99');
  return major < 24;
});

test.skipIf(oldNode === undefined)('an old Node finds the bundled one, or says which it needs', () => {
  const run = (file: string, args: string[], cwd: string): ReturnType<typeof spawnSync> =>
    spawnSync(oldNode ?? '', [file, ...args], { cwd, encoding: 'utf8' });
  expect(run(main, ['doctor'], repository).stdout).toMatch(/Node (2[4-9]|[3-9]\d)\./);
  expect(run(main, ['nope'], repository)).toMatchObject({ status: 2, stderr: expect.stringMatching(/^error MR2002/) });
  using it = project();
  mkdirSync(join(it.root, 'alone/dist'), { recursive: true });
  cpSync(join(repository, 'dist/cli'), join(it.root, 'alone/dist/cli'), { recursive: true });
  cpSync(join(repository, 'package.json'), join(it.root, 'alone/package.json'));
  const alone = run(join(it.root, 'alone/dist/cli/main.js'), ['doctor'], it.root);
  expect(alone).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^error MR2001: Node .* too old.*\n {2}hint: .*\n$/),
  });
});
