import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { initialised, project, repository, stackTrace } from './dsl.ts';

const fixtures = join(repository, 'src/source/upgrade/fixtures');
const text = (name: string): string => readFileSync(join(fixtures, `${name}.dsl.ts`), 'utf8');

test('dsl upgrade rewrites what this version refuses, says what, and then has nothing to do', async () => {
  using it = project({ 'shop.dsl.ts': text('all-at-once/before'), 'lamps.dsl.ts': text('cond-is-guard/after') });
  expect(await it.dsl(['check', 'shop.dsl.ts'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('dsl upgrade'),
  });

  const dry = await it.dsl(['upgrade', '--dry-run']);
  expect(dry).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^would change shop\.dsl\.ts: process-is-machine, /),
  });
  expect(dry.stdout).toContain('--- a/shop.dsl.ts\n+++ b/shop.dsl.ts\n');
  expect(dry.stdout).toContain('-  timeout: 30000,\n');
  expect(await it.dsl(['upgrade', '--check'])).toMatchObject({ code: 1, stdout: '' });
  expect(readFileSync(join(it.root, 'shop.dsl.ts'), 'utf8')).toBe(text('all-at-once/before'));

  expect(await it.dsl(['upgrade'])).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringMatching(/^changed shop\.dsl\.ts: /),
  });
  expect(readFileSync(join(it.root, 'shop.dsl.ts'), 'utf8')).toBe(text('all-at-once/after'));
  expect(readFileSync(join(it.root, 'lamps.dsl.ts'), 'utf8')).toBe(text('cond-is-guard/after'));
  expect(await it.dsl(['upgrade', '--check'])).toMatchObject({ code: 0, stderr: 'Nothing to upgrade.\n' });
});

test('the document of --json tells the codemods, the changes, the diff and what is left', async () => {
  using it = project({ 'a.dsl.ts': text('invoke-is-run/before').replace("src: 'charge',\n", "src: 'nobody',\n") });
  const { code, stdout, stderr } = await it.dsl(['upgrade', '--json', '--dry-run', '--from', '0.1.0']);
  expect([code, stderr]).toEqual([1, '']);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    from: '0.1.0',
    dryRun: true,
    codemods: expect.arrayContaining([
      { version: '0.1.0', name: 'invoke-is-run', description: expect.any(String) as string },
    ]) as unknown,
    files: [{ file: 'a.dsl.ts', changes: [{ codemod: 'invoke-is-run', line: 31, column: 5 }] }],
    diff: expect.stringContaining("+      { flow: 'payment'") as string,
    diagnostics: [{ code: 'MR1102', file: 'a.dsl.ts' }],
  });
});

test('from where on is read from the generated code', async () => {
  using it = await initialised('hello');
  expect((await it.dsl(['compile'])).code).toBe(0);
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string };
  expect(JSON.parse((await it.dsl(['upgrade', '--json'])).stdout)).toMatchObject({
    ok: true,
    from: version,
    to: version,
    files: [],
  });
  // A manifest of an earlier version counts, a file without one means that nothing is known.
  const manifest = join(it.root, 'generated/hello/manifest.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(`"tool": "${version}"`, '"tool": "0.0.7"'));
  expect(JSON.parse((await it.dsl(['upgrade', '--json'])).stdout)).toMatchObject({ from: '0.0.7' });
  writeFileSync(join(it.root, 'more.dsl.ts'), text('cond-is-guard/after'));
  expect(JSON.parse((await it.dsl(['upgrade', '--json'])).stdout)).toMatchObject({ from: null });
});

test('bad input is told with a code', async () => {
  using it = project({ 'broken.dsl.ts': 'export default system(', 'old.dsl.ts': text('cond-is-guard/before') });
  const done = await it.dsl(['upgrade']);
  expect(done).toMatchObject({ code: 1, stderr: expect.stringMatching(/MR1006[\s\S]*broken\.dsl\.ts/) });
  expect(done.stderr).not.toMatch(stackTrace);
  // What can be done elsewhere is done.
  expect(readFileSync(join(it.root, 'old.dsl.ts'), 'utf8')).toBe(text('cond-is-guard/after'));
  expect(await it.dsl(['upgrade', '--from', '9.0.0'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error MR1841: .*9\.0\.0/),
  });
  expect(await it.dsl(['upgrade', '--from', 'latest', '--json'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('MR1841'),
  });
  expect(await it.dsl(['upgrade', 'nowhere/*.dsl.ts'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('MR2007'),
  });
});

test('where files cannot be read, it does not say that there is nothing to upgrade', async () => {
  using it = project({});
  const { code, stderr } = await it.dsl(['upgrade', 'nope.dsl.ts']);
  expect(code).not.toBe(0);
  expect(stderr).toContain('nope.dsl.ts');
  expect(stderr).not.toContain('Nothing to upgrade');
});
