import { relative } from 'node:path';

/** A path as people see it: from the working directory. */
export function shownPath(path: string, cwd: string): string {
  return (relative(cwd, path) || path).replaceAll('\\', '/');
}
