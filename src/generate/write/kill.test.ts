import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { finishWriting } from './intent.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-kill-'));
  mkdirSync(join(root, 'tasks'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A process that writes, and is killed for real before its nth call of the file system. */
function writeUntil(nth: number): NodeJS.Signals | null {
  const intent = fileURLToPath(new URL('./intent.ts', import.meta.url));
  const script = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { writeTogether } = await import(${JSON.stringify(intent)});
    let calls = 0;
    for (const name of ['openSync', 'writeFileSync', 'fsyncSync', 'closeSync', 'renameSync', 'mkdirSync', 'rmSync']) {
      const real = fs[name];
      fs[name] = (...args) => {
        if (++calls === ${nth}) process.kill(process.pid, 'SIGKILL');
        return real(...args);
      };
    }
    syncBuiltinESMExports();
    const root = ${JSON.stringify(root)};
    writeTogether(root, ['a.ts', 'a.test.ts', '.generated/a.json'].map((name) => ({ path: root + '/tasks/' + name, text: 'new ' + name })));
  `;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).signal;
}

const all = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(root, 'tasks'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [
        join(entry.parentPath, entry.name).slice(root.length + 7),
        readFileSync(join(entry.parentPath, entry.name), 'utf8'),
      ]),
  );

test('killed at any point, the project is as before or complete when the next command has looked', () => {
  const before = { 'a.ts': 'old', 'a.test.ts': 'old' };
  const complete = { 'a.ts': 'new a.ts', 'a.test.ts': 'new a.test.ts', '.generated/a.json': 'new .generated/a.json' };
  const same = (one: object, other: object): boolean => isDeepStrictEqual(one, other);
  const seen = { before: 0, complete: 0, half: 0 };
  for (let nth = 1; ; nth += 1) {
    rmSync(join(root, 'tasks'), { recursive: true });
    rmSync(join(root, '.millrace'), { recursive: true, force: true });
    mkdirSync(join(root, 'tasks'));
    for (const [name, text] of Object.entries(before)) writeFileSync(join(root, 'tasks', name), text);
    const signal = writeUntil(nth);
    const changed = Object.values(all()).filter((text) => text.startsWith('new'));
    if (changed.length > 0 && changed.length < 3) seen.half += 1;
    finishWriting(root);
    const after = all();
    const isBefore = same(after, before);
    if (!isBefore) expect(after).toEqual(complete);
    seen[isBefore ? 'before' : 'complete'] += 1;
    expect(
      (existsSync(join(root, '.millrace')) ? readdirSync(join(root, '.millrace'), { recursive: true }) : []).filter(
        (name) => /json|tmp/.test(String(name)),
      ),
    ).toEqual([]);
    if (signal === null) break;
  }
  // Some kills came before anything was promised, some after; and some of those in between two files.
  expect(seen.before).toBeGreaterThan(2);
  expect(seen.complete).toBeGreaterThan(5);
  expect(seen.half).toBeGreaterThan(0);
  // Some forty processes.
}, 120_000);

test('a file that somebody has changed since the kill stays as it is', () => {
  writeFileSync(join(root, 'tasks/a.ts'), 'old');
  const files = [{ path: 'tasks/a.ts', before: null, text: 'new' }];
  mkdirSync(join(root, '.millrace/generate/writing'), { recursive: true });
  const intent = join(root, '.millrace/generate/writing/1.json');
  writeFileSync(intent, JSON.stringify({ format: 1, files }));
  expect(finishWriting(root)).toEqual([join(root, 'tasks/a.ts.new')]);
  expect(all()).toEqual({ 'a.ts': 'old', 'a.ts.new': 'new' });
  expect(finishWriting(root)).toEqual([]);
});

describe('what is no plan of ours is refused, and left as it is', () => {
  const plan = (path: string): string => JSON.stringify({ format: 1, files: [{ path, before: null, text: 'x' }] });
  let outside: string;
  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'millrace-outside-'));
    symlinkSync(outside, join(root, 'out'));
    mkdirSync(join(root, '.git'));
    symlinkSync(join(root, '.git'), join(root, 'hooks'));
  });
  afterEach(() => rmSync(outside, { recursive: true, force: true }));

  test.each([
    '{ broken',
    'null',
    plan('../x'),
    plan('out/x'),
    plan('out/new/x'),
    plan('hooks/x'),
    plan('.git/x'),
    plan('node_modules/zod/x'),
    plan('/tmp/x'),
  ])('%s', (text) => {
    mkdirSync(join(root, '.millrace/generate/writing'), { recursive: true });
    const intent = join(root, '.millrace/generate/writing/1.json');
    writeFileSync(intent, text);
    expect(() => finishWriting(root)).toThrow(expect.objectContaining({ code: 'MR5019' }));
    expect(readFileSync(intent, 'utf8')).toBe(text);
    expect([all(), readdirSync(outside), readdirSync(join(root, '.git'))]).toEqual([{}, [], []]);
  });
});
