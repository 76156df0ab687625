/**
 * How paths are shown. It needs `node:path`, so it is no part of `millrace/core`, which also runs in a browser.
 *
 * @module
 */
import { relative } from 'node:path';

/** A path as people see it: from the working directory, with `/` on every system. */
export function shownPath(path: string, cwd: string): string {
  return relative(cwd, path).replaceAll('\\', '/') || '.';
}
