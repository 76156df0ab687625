import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolder, writeFiles } from './write-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...path: string[]): string => join(folder, ...path);
const read = (...path: string[]): string => readFileSync(at(...path), 'utf8');
const thrown = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};

it.each([true, false])('writes new files in new folders and replaces old ones (flush: %s)', (flush) => {
  writeFileSync(at('old'), 'before');
  writeFiles(
    new Map([
      [at('old'), 'after'],
      [at('a/b/new'), 'é'],
      [at('a/b/other'), ''],
    ]),
    { flush },
  );
  expect([read('old'), read('a/b/new'), read('a/b/other')]).toEqual(['after', 'é', '']);
  expect([readdirSync(folder), readdirSync(at('a/b'))]).toEqual([
    ['a', 'old'],
    ['new', 'other'],
  ]);
});

it('follows links and keeps permissions', () => {
  writeFileSync(at('real'), 'before');
  chmodSync(at('real'), 0o640);
  symlinkSync(at('real'), at('link'));
  writeFiles([[at('link'), 'after']]);
  expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
  expect([read('real'), statSync(at('real')).mode & 0o777]).toEqual(['after', 0o640]);
});

it('changes nothing when one of the files cannot be written, and leaves nothing behind', () => {
  writeFileSync(at('first'), 'before');
  mkdirSync(at('second'));
  const files = [
    [at('first'), 'after'],
    [at('second'), 'after'],
  ] as const;
  expect(thrown(() => writeFiles(files))).toBe('EISDIR');
  expect(thrown(() => writeFiles([files[0], [at('first/below'), '']]))).toBe('ENOTDIR');
  expect(read('first')).toBe('before');
  expect(readdirSync(folder)).toEqual(['first', 'second']);
});

it('passes by what a killed process has left under the same name', () => {
  writeFileSync(at(`file.${process.pid}.tmp`), 'half');
  writeFiles([[at('file'), 'whole']]);
  expect(read('file')).toBe('whole');
  expect(read(`file.${process.pid}.tmp`)).toBe('half');
});

it('makes folders, and says which', () => {
  expect(makeFolder(at('a/b'))).toEqual([at('a'), at('a/b')]);
  expect(makeFolder(at('a/b'))).toEqual([]);
  expect(makeFolder(at('a/c'))).toEqual([at('a/c')]);
});

it.runIf(existsSync('/proc/self'))('ends where no folder can be made', () => {
  expect(thrown(() => makeFolder('/proc/millrace/below'))).toBe('ENOENT');
  expect(thrown(() => writeFiles([['/proc/millrace/below/file', '']]))).toBe('ENOENT');
});
