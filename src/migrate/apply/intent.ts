import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../core/index.ts';
import { makeFolder, writeFiles } from '../../core/write-files.ts';
import { isAlive, mine } from '../../runtime/owner.ts';
import { MigrationError } from '../errors.ts';
import { intentPath } from './intent-path.ts';

/**
 * What a migration is about to do, on the disk before it does it. `locked`: it has only begun, and nothing has changed;
 * `prepared`: the record in the database decides whether it has happened; `committed`: it has.
 */
const shape = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  phase: z.enum(['locked', 'prepared', 'committed']),
  /** The process that carries it out. */
  pid: z.int(),
  host: z.string(),
  started: z.string(),
  from: z.string(),
  to: z.string(),
  /** Absolute; absent when no database is migrated. */
  database: z.string().optional(),
  /** Where what was there before is kept. */
  backup: z.string(),
  /** The files that change, absolute, with their new texts and, unless they are new, those from before. */
  files: z.array(z.strictObject({ path: z.string(), before: z.string().nullable(), after: z.string() })),
});
export type Intent = z.infer<typeof shape>;

/** Notes that this process carries out a migration: nobody else does then. */
export function lock(
  entry: string,
  intent: Omit<Intent, 'format' | 'phase' | 'pid' | 'host' | 'started' | 'files'>,
): Intent {
  const { pid, host, started } = mine(intent.id, 0, 0);
  const whole: Intent = { format: 1, phase: 'locked', pid, host, started, ...intent, files: [] };
  const path = intentPath(entry);
  try {
    makeFolder(dirname(path));
    writeFileSync(path, JSON.stringify(whole), { flag: 'wx', flush: true });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotWrite(path, thrown);
    throw underWay(entry, readIntent(path));
  }
  here.add(whole.id);
  return whole;
}

/** Replaces what is noted, in one piece and on the disk. */
export function note(entry: string, intent: Intent): void {
  const path = intentPath(entry);
  try {
    writeFiles([[path, JSON.stringify(intent)]]);
  } catch (thrown) {
    throw cannotWrite(path, thrown);
  }
}

export function unlock(entry: string): void {
  rmSync(intentPath(entry), { force: true });
}

/** Notes that this process ends an interrupted migration, so that nobody else does at the same time. */
export function claim(path: string, intent: Intent): void {
  const { pid, host, started } = mine(intent.id, 0, 0);
  here.add(intent.id);
  try {
    writeFiles([[path, JSON.stringify({ ...intent, pid, host, started })]]);
  } catch {
    // On a full disk two may do the same, which does no harm: nobody else could write more.
  }
}

/** Undefined when there is none. A process that was killed while it began may have left half of one: nothing had happened. */
export function readIntent(path: string): Intent | 'broken' | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw thrown;
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    return 'broken';
  }
}

/** The migrations that this process carries out now: one that it had to give up is not running, although the process is. */
const here = new Set<string>();

/** It is over for this process, however it ended. */
export const over = ({ id }: Intent): boolean => here.delete(id);

/** Does the process that carries it out still live? */
export function isUnderWay({ id, pid, host, started }: Intent): boolean {
  if (pid === process.pid && host === hostname()) return here.has(id);
  const now = Date.now();
  return isAlive({ owner: id, epoch: 0, pid, host, started, beat: now }, now);
}

export function underWay(entry: string, intent: Intent | 'broken' | undefined): MigrationError {
  const who = typeof intent === 'object' ? `process ${intent.pid} on ${intent.host}` : 'another process';
  return new MigrationError('MR3510', `Another migration of '${entry}' is running: ${who} carries it out.`, {
    hint: `Wait for its end. If there is no such process any more, remove ${intentPath(entry)}.`,
    retryable: true,
    fault: 'environment',
  });
}

export function cannotWrite(path: string, thrown: unknown): MigrationError {
  return new MigrationError('MR3512', `'${path}' cannot be written, so nothing was migrated: ${messageOf(thrown)}.`, {
    hint: 'Make room, or check the permissions of the folder.',
    fault: 'environment',
    cause: thrown,
  });
}
