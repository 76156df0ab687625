import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesAmong, findFiles, projectsBelow } from './find-files.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-find-'));
  for (const file of [
    'b.dsl.ts',
    'a/a.dsl.ts',
    'a/other.ts',
    'node_modules/x/x.dsl.ts',
    'dist/d.dsl.ts',
    '.cache/c.dsl.ts',
    'a/[id].dsl.ts',
  ]) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), '');
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const find = async (patterns: string[]): Promise<string[]> =>
  (await findFiles(patterns, root)).map((file) => relative(root, file));

test('the default pattern finds sources and nothing that was installed or built', async () => {
  expect(await find(['**/*.dsl.ts'])).toEqual(['a/[id].dsl.ts', 'a/a.dsl.ts', 'b.dsl.ts']);
});

test('other globs go by the same rules', async () => {
  expect(await find(['{a,b}*/*.dsl.ts', '*.dsl.ts'])).toEqual(['a/[id].dsl.ts', 'a/a.dsl.ts', 'b.dsl.ts']);
  expect(await find(['**/a*'])).toContain('a/a.dsl.ts');
  expect(await find(['**/x*.ts', '*.dsl.ts']).catch((error: { code: string }) => error.code)).toBe('MR2007');
});

test('a plain path is taken as it is, brackets or missing', async () => {
  expect(await find(['a/[id].dsl.ts', 'missing.dsl.ts', './b.dsl.ts', 'b.dsl.ts'])).toEqual([
    'a/[id].dsl.ts',
    'b.dsl.ts',
    'missing.dsl.ts',
  ]);
});

test('a folder with a config is a project of its own: the pattern of a whole tree stops there, a path goes on', async () => {
  const above = mkdtempSync(join(tmpdir(), 'millrace-find-projects-'));
  for (const file of ['x.dsl.ts', 'packages/a/dsl.config.ts', 'packages/a/a.dsl.ts', 'packages/a/in/dsl.config.mjs']) {
    mkdirSync(join(above, file, '..'), { recursive: true });
    writeFileSync(join(above, file), '');
  }
  const short = (files: readonly string[]): string[] => files.map((file) => relative(above, file));
  expect(short(projectsBelow(above))).toEqual(['packages/a', 'packages/a/in']);
  expect(short(await findFiles(['**/*.dsl.ts'], above))).toEqual(['x.dsl.ts']);
  expect(short(await findFiles(['**/*.dsl.ts'], join(above, 'packages/a')))).toEqual(['packages/a/a.dsl.ts']);
  expect(short(await findFiles(['packages/*/*.dsl.ts'], above))).toEqual(['packages/a/a.dsl.ts']);
  const all = ['x.dsl.ts', 'packages/a/a.dsl.ts'].map((file) => join(above, file));
  expect(short(filesAmong(all, ['**/*.dsl.ts'], above, existsSync))).toEqual(['x.dsl.ts']);
  rmSync(join(above, 'x.dsl.ts'));
  await expect(findFiles(['**/*.dsl.ts'], above)).rejects.toMatchObject({
    code: 'MR2007',
    hint: expect.stringContaining('has a config, and is a project of its own'),
  });
  rmSync(above, { recursive: true, force: true });
});
