/** How the index lies on disk: an entry a document under `entries/`, and `index.json` made from them. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { NonRetryableError } from 'millrace/tasks';

export interface Entry {
  readonly path: string;
  readonly hash: string;
  readonly title: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** A document's file. A path that leads out of its folder is refused. */
export function documentFile(folder: string, path: string): string {
  const file = resolve(folder, path);
  const inside = relative(resolve(folder), file);
  if (inside === '..' || inside.startsWith(`..${sep}`))
    throw new NonRetryableError(`'${path}' is not in ${folder}`, { code: 'OUTSIDE_FOLDER' });
  return file;
}

export function entryFile(index: string, path: string): string {
  return join(index, 'entries', `${sha256(path).slice(0, 24)}.json`);
}

/** The entry of a document, if it has one. */
export function readEntry(index: string, path: string): Entry | undefined {
  try {
    return JSON.parse(readFileSync(entryFile(index, path), 'utf8')) as Entry;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file whole or not at all. */
export function writeWhole(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.draft`, `${JSON.stringify(value, null, 1)}\n`);
  renameSync(`${file}.draft`, file);
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** How often each word occurs: letters and digits of any script, in lower case, from three characters up. */
export function countWords(text: string): Record<string, number> {
  const counts: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]{3,}/gu)) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
