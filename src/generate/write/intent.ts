import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { MillraceError } from '../../core/index.ts';
import { writeFiles } from '../../core/write-files.ts';
import { intentFolder } from '../keep/folders.ts';
import { hashOfFile } from '../keep/manifest.ts';
import { digest } from '../subject/spec.ts';

/** A file that is about to be written. */
export interface Change {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

const intentSchema = z.object({
  format: z.literal(1),
  files: z.array(z.object({ path: z.string(), before: z.string().nullable(), text: z.string() })),
});
type Intent = z.output<typeof intentSchema>;

/**
 * Writes files that belong together: all, or none. What is to be written is on the disk before the first file changes,
 * so that whoever comes after a kill finishes it.
 *
 * @throws MillraceError MR5019 when the file system refuses; then nothing has changed
 */
export function writeTogether(root: string, changes: readonly Change[]): void {
  if (changes.length === 0) return;
  const intent: Intent = {
    format: 1,
    files: changes.map(({ path, text }) => ({ path: relative(root, path), before: hashOfFile(path) ?? null, text })),
  };
  const file = join(intentFolder(root), `${randomUUID()}.json`);
  try {
    writeFiles([[file, JSON.stringify(intent)]]);
    carryOut(root, intent);
  } catch (error) {
    // A refusal comes before the first file has changed. What a refusal in between leaves is finished by the next one.
    if (intent.files.every(({ path, before }) => (hashOfFile(join(root, path)) ?? null) === before))
      rmSync(file, { force: true });
    throw refused(error, root);
  }
  rmSync(file, { force: true });
}

/** Finishes what a process that was killed had begun to write. Gives the files that it wrote. */
export function finishWriting(root: string): readonly string[] {
  const folder = intentFolder(root);
  if (!existsSync(folder)) return [];
  const written: string[] = [];
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const file = join(folder, name);
    const intent = readIntent(file);
    if (intent !== undefined) {
      try {
        written.push(...carryOut(root, intent));
      } catch (error) {
        throw refused(error, root);
      }
    }
    rmSync(file, { force: true });
  }
  return written;
}

/** A file that was changed since stays as it is: what was to be written stands beside it. */
function carryOut(root: string, { files }: Intent): readonly string[] {
  const due = files.flatMap(({ path, before, text }): [string, string][] => {
    const there = join(root, path);
    const now = hashOfFile(there) ?? null;
    if (now === digest(text)) return [];
    return [[now === before ? there : `${there}.new`, text]];
  });
  writeFiles(due);
  return due.map(([path]) => path);
}

function readIntent(file: string): Intent | undefined {
  try {
    const intent = intentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const inside = intent.files.every(({ path }) => !isAbsolute(path) && !/^\.\.(?:[\\/]|$)/.test(path));
    return inside ? intent : undefined;
  } catch {
    return undefined;
  }
}

function refused(error: unknown, root: string): MillraceError {
  const reason = error instanceof Error ? error.message : String(error);
  return new MillraceError(
    `What was generated cannot be written: ${reason}. Check the folder, its permissions and the space on the disk.`,
    { code: 'MR5019', retryable: true, fault: 'environment', details: { root }, cause: error },
  );
}
