/**
 * Changes as people and `git apply` read them. It needs a package, so it is no part of `millrace/core`, which has no
 * dependency.
 *
 * @module
 */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** A file that changes. */
export interface FileChange {
  /** As people see it. */
  readonly path: string;
  /** Empty for a new file. */
  readonly before: string;
  readonly after: string;
}

/** What changes in files as `git diff` shows it: `git apply` and `patch` understand it. */
export function unifiedDiff(changes: Iterable<FileChange>): string {
  return Array.from(changes, ({ path, before, after }) =>
    createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, {
      headerOptions: FILE_HEADERS_ONLY,
    }),
  ).join('');
}
