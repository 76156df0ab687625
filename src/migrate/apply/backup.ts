import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../core/index.ts';
import { makeFolder } from '../../core/write-files.ts';
import { MigrationError } from '../errors.ts';

/** The folder of a backup, which nobody else has. */
export function backupFolder(entry: string, at: number, from: string, to: string): string {
  const time = new Date(at).toISOString().replaceAll(/[:.]/g, '-');
  const plain = join(dirname(entry), '.millrace', 'backups', `${time}-${from}-to-${to}`);
  let folder = plain;
  for (let number = 2; existsSync(folder); number++) folder = `${plain}-${number}`;
  return folder;
}

/** Copies files into a folder, under their paths relative to the entry's folder. */
export function backUpFiles(folder: string, entry: string, files: readonly string[]): void {
  makeFolder(folder);
  for (const file of files) {
    const path = join(folder, 'source', relative(dirname(entry), file).replaceAll('..', '__'));
    mkdirSync(dirname(path), { recursive: true });
    copyFileSync(file, path);
  }
}

/**
 * A copy of a database as it stands at one moment, in one file. Its original is only read.
 *
 * @throws MigrationError MR3512.
 */
export function copyDatabase(file: string, to: string): void {
  try {
    makeFolder(dirname(to));
    copy(file, to);
  } catch (thrown) {
    throw noBackup(to, thrown);
  }
}

/** Something could not be copied to where it would be safe. */
export function noBackup(to: string, thrown: unknown): MigrationError {
  return new MigrationError(
    'MR3512',
    `No copy could be made in '${to}', so nothing was migrated: ${messageOf(thrown)}.`,
    {
      hint: 'Make room, or check the permissions of the folder.',
      fault: 'environment',
      cause: thrown,
    },
  );
}

function copy(file: string, to: string): void {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
}

/** Where the copy of a database lies in a backup. */
export const databaseIn = (folder: string, file: string): string => join(folder, basename(file));
