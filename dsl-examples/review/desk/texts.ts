/** What the tasks of the review share: reading texts, and the difference of two. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { NonRetryableError } from 'millrace/tasks';

/** A file of a folder. A path that leads out of it is refused. */
export function fileIn(folder: string, path: string): string {
  const file = resolve(folder, path);
  const inside = relative(resolve(folder), file);
  if (inside === '..' || inside.startsWith(`..${sep}`))
    throw new NonRetryableError(`'${path}' is not in ${folder}`, { code: 'OUTSIDE_FOLDER' });
  return file;
}

/** The text of a file, or undefined when there is none. */
export function readText(folder: string, path: string): string | undefined {
  try {
    return readFileSync(fileIn(folder, path), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file whole or not at all. */
export function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.draft`, text);
  renameSync(`${file}.draft`, file);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export interface Difference {
  /** The lines of the new text that the old one does not have, counted from 1. */
  readonly added: readonly { readonly line: number; readonly text: string }[];
  readonly removed: number;
}

/** What must be added to and removed from `before` to make `after`: by the longest common sequence of lines. */
export function difference(before: readonly string[], after: readonly string[]): Difference {
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      common[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const added: { line: number; text: string }[] = [];
  let row = 0;
  for (let column = 0; column < after.length; column++) {
    while (row < before.length && before[row] !== after[column] && at(row + 1, column) >= at(row, column + 1)) row++;
    if (row < before.length && before[row] === after[column]) row++;
    else added.push({ line: column + 1, text: after[column] ?? '' });
  }
  return { added, removed: before.length - at(0, 0) };
}

/** The lines of a text, without the empty one after its last line break. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
