import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-diff-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('git takes it, spaces in names and a missing last line break included', () => {
  const changes = [
    { path: 'shop.ts', before: 'a\nb\nc\n', after: 'a\nB\nc\n' },
    { path: 'sub folder/a b.ts', before: 'one\r\ntwo', after: 'one\r\nthree' },
  ];
  mkdirSync(join(root, 'sub folder'));
  for (const { path, before } of changes) writeFileSync(join(root, path), before);
  const patch = unifiedDiff(changes);
  expect(patch).toContain('--- a/shop.ts\n+++ b/shop.ts\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n');
  execFileSync('git', ['apply', '-'], { cwd: root, input: patch });
  for (const { path, after } of changes) expect(readFileSync(join(root, path), 'utf8')).toBe(after);
});

test('nothing for nothing', () => expect(unifiedDiff([])).toBe(''));
