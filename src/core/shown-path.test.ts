import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { shownPath } from './shown-path.ts';

test.each([
  ['work/a/b.ts', 'work', 'a/b.ts'],
  ['work', 'work', '.'],
  ['other/b.ts', 'work/a', '../../other/b.ts'],
])('%s seen from %s is %s', (path, cwd, shown) => expect(shownPath(resolve(path), resolve(cwd))).toBe(shown));
