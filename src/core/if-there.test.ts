import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { namesIn, textIfThere } from './if-there.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-there-'));
  writeFileSync(join(folder, 'a.txt'), 'a ✓');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('reads what is there', () => {
  expect(textIfThere(join(folder, 'a.txt'))).toBe('a ✓');
  expect(namesIn(folder)).toEqual(['a.txt']);
});

it.each(['nothing', '.', 'a.txt/b'])('has no text for what is no file: %s', (name) => {
  expect(textIfThere(join(folder, name))).toBeUndefined();
});

it.each(['nothing', 'a.txt'])('finds no names in what is no folder: %s', (name) => {
  expect(namesIn(join(folder, name))).toEqual([]);
});
