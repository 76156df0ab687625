import type { Fix } from '../../model/index.ts';

/** What came of applying fixes. */
export interface AppliedFixes {
  /** The new texts of the files that change. */
  readonly texts: ReadonlyMap<string, string>;
  /** The fixes that were applied; the others overlap one of these, or do not fit the text. */
  readonly applied: readonly Fix[];
}

/**
 * Applies fixes to texts: each as a whole or not at all, and none that touches what another changes. Everything else
 * stays as it is, to the byte.
 *
 * @param textOf Gives the text of a file.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { applyFixes } from 'millrace/rules';
 * import type { Fix } from 'millrace/model';
 *
 * const mended = (fixes: readonly Fix[]) => applyFixes(fixes, (file) => readFileSync(file, 'utf8')).texts;
 * ```
 */
export function applyFixes(fixes: readonly Fix[], textOf: (file: string) => string): AppliedFixes {
  const taken = new Map<string, Fix['edits'][number][]>();
  const applied: Fix[] = [];
  for (const fix of fixes) {
    const own = fix.edits.filter((edit) => !isSame(edit, taken.get(edit.file)));
    const isFree = own.every(
      (edit) =>
        edit.start <= edit.end &&
        edit.end <= textOf(edit.file).length &&
        (taken.get(edit.file) ?? []).every((other) => edit.end < other.start || other.end < edit.start),
    );
    if (!isFree) continue;
    for (const edit of own) taken.set(edit.file, [...(taken.get(edit.file) ?? []), edit]);
    applied.push(fix);
  }
  const texts = new Map<string, string>();
  for (const [file, edits] of taken) {
    const text = edits
      .toSorted((a, b) => b.start - a.start)
      .reduce((rest, { start, end, text: by }) => rest.slice(0, start) + by + rest.slice(end), textOf(file));
    texts.set(file, text);
  }
  return { texts, applied };
}

/** Two systems that share a part want the same change of it. */
function isSame(edit: Fix['edits'][number], others: readonly Fix['edits'][number][] = []): boolean {
  return others.some(({ start, end, text }) => start === edit.start && end === edit.end && text === edit.text);
}
