import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { project, shop } from '../fixtures/project.ts';
import { unifiedDiff } from './unified-diff.ts';

test('git takes it, new files, spaces in names and a missing last line break included', () => {
  using it = project({ 'shop.dsl.ts': shop(), 'sub folder/a b.ts': 'one\r\ntwo' });
  const texts = new Map([
    [it.entry, shop('2.0.0')],
    [`${it.root}/sub folder/a b.ts`, 'one\r\nthree'],
  ]);
  const patch = unifiedDiff(texts, it.root);
  expect(patch).toContain(
    "-export default system('shop', { version: '1.0.0' });\n+export default system('shop', { version: '2.0.0' });",
  );
  execFileSync('git', ['apply', '-'], { cwd: it.root, input: patch });
  for (const [path, text] of texts) expect(readFileSync(path, 'utf8')).toBe(text);
});

test('nothing for nothing', () => expect(unifiedDiff(new Map(), '/')).toBe(''));
