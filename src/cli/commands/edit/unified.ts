import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** A file that changes. */
export interface Change {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** The change of one file as `git diff` shows it: `git apply` and `patch` understand it. */
export function unified({ path, before, after }: Change): string {
  return createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, {
    headerOptions: FILE_HEADERS_ONLY,
  });
}
