import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { randomUUID } from 'node:crypto';
import { messageOf, MillraceError } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import { writeFiles } from '../../core/write-files.ts';
import { intentFolder } from '../keep/folders.ts';
import { digest, hashOfFile } from '../keep/hash.ts';

/** A file that is about to be written. */
export interface Change {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** What is about to be written. Paths are relative to the project. */
interface Intent {
  readonly format: 1;
  readonly files: readonly {
    readonly path: string;
    /** The hash of what is there before. */
    readonly before: string | null;
    readonly text: string;
  }[];
}

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
    throw refused(messageOf(error), root, error);
  }
  rmSync(file, { force: true });
}

/** Finishes what a process that was killed had begun to write. Gives the files that it wrote. */
export function finishWriting(root: string): readonly string[] {
  const folder = intentFolder(root);
  if (!existsSync(folder)) return [];
  const written: string[] = [];
  sweep(folder, () => true);
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const file = join(folder, name);
    const intent = readIntent(root, file);
    if (intent === undefined)
      throw new MillraceError(
        `'${shownPath(file, root)}' is no plan of ours, or would write outside of the project. Nothing of it was written; look at it, and delete it.`,
        { code: 'MR5019', retryable: false, fault: 'input', details: { root, file } },
      );
    try {
      for (const { path } of intent.files) sweepBeside(join(root, path));
      written.push(...carryOut(root, intent));
    } catch (error) {
      throw refused(messageOf(error), root, error);
    }
    rmSync(file, { force: true });
  }
  return written;
}

/** What a process that was killed has left of files that it had not finished. One that is alive has its own. */
function sweep(folder: string, mayGo: (name: string) => boolean): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const pid = /\.(\d+)(?:\.\d+)?\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && mayGo(name) && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function sweepBeside(path: string): void {
  sweep(dirname(path), (name) => name.startsWith(`${basename(path)}.`));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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

/** Only a plan that can be ours is carried out: whole, and inside the project, also behind links. */
function readIntent(root: string, file: string): Intent | undefined {
  let value: Partial<Intent> | null;
  try {
    value = JSON.parse(readFileSync(file, 'utf8')) as Partial<Intent> | null;
  } catch {
    return undefined;
  }
  if (value?.format !== 1 || !Array.isArray(value.files)) return undefined;
  const isOurs = value.files.every(
    (one: Partial<Intent['files'][number]> | null) =>
      typeof one?.path === 'string' &&
      typeof one.text === 'string' &&
      (one.before === null || typeof one.before === 'string') &&
      isInside(root, one.path),
  );
  return isOurs ? (value as Intent) : undefined;
}

/** Does a path lead into the project, and not into what is of others there? */
function isInside(root: string, path: string): boolean {
  if (isAbsolute(path)) return false;
  const base = realpathSync(root);
  const file = join(base, path);
  const within = relative(base, join(realFolder(dirname(file)), basename(file)));
  const parts = within.split(/[\\/]/);
  return within !== '' && !isAbsolute(within) && !parts.some((part) => /^(?:\.\.|\.git|node_modules)$/i.test(part));
}

/** Where a folder is, behind its links; of one that is not there yet, where it would be made. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const isDangling = lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
    if (isDangling || dirname(folder) === folder) return sep;
    return join(realFolder(dirname(folder)), basename(folder));
  }
}

/** The file system does not let us write. */
export function refused(reason: string, root: string, cause?: unknown): MillraceError {
  return new MillraceError(
    `What was generated cannot be written: ${reason}. Check the folder, its permissions and the space on the disk.`,
    { code: 'MR5019', retryable: true, fault: 'environment', details: { root }, cause },
  );
}
