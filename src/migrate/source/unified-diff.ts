import { readFileSync } from 'node:fs';
import { createTwoFilesPatch } from 'diff';
import { shownPath } from './shown-path.ts';

/** What would change in files, as a unified diff that `git apply` takes. */
export function unifiedDiff(texts: ReadonlyMap<string, string>, cwd: string): string {
  return [...texts]
    .map(([path, text]) => {
      let before = '';
      try {
        before = readFileSync(path, 'utf8');
      } catch {
        // A file that is new.
      }
      const name = shownPath(path, cwd);
      return createTwoFilesPatch(`a/${name}`, `b/${name}`, before, text, '', '', { context: 3 }).replace(/^=+\n/, '');
    })
    .join('');
}
