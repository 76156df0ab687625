import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeTexts } from './write.ts';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'millrace-fix-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a file that somebody else has changed since stops the whole', () => {
  const [a, b] = [join(root, 'a'), join(root, 'b')];
  writeFileSync(a, 'one');
  writeFileSync(b, 'saved meanwhile');
  const texts = new Map([
    [a, 'ONE'],
    [b, 'TWO'],
  ]);
  const before = new Map([
    [a, 'one'],
    [b, 'two'],
  ]);
  expect(() => writeTexts(texts, before)).toThrow(expect.objectContaining({ code: 'MR2032' }) as Error);
  expect([readFileSync(a, 'utf8'), readFileSync(b, 'utf8')]).toEqual(['one', 'saved meanwhile']);
  writeFileSync(b, 'two');
  writeTexts(texts, before);
  expect([readFileSync(a, 'utf8'), readFileSync(b, 'utf8')]).toEqual(['ONE', 'TWO']);
});
