import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { writeFiles } from '../../core/write-files.ts';
import { openSqlite } from '../../store/index.ts';
import { MigrationError } from '../errors.ts';
import { claim, isUnderWay, over, readIntent, underWay, type Intent } from './intent.ts';
import { intentPath, recoveringPath } from './intent-path.ts';

/** What became of a migration that had been interrupted. */
export interface Recovery {
  /** `finished`: everything is new; `undone`: everything is as it was. */
  readonly outcome: 'finished' | 'undone';
  readonly from: string;
  readonly to: string;
  /** Copies of files that somebody had changed meanwhile, and that were written over. */
  readonly saved: readonly string[];
}

/** See `recoverMigration` of `millrace/migrate`. */
export async function recoverMigration(entry: string): Promise<Recovery | undefined> {
  const file = resolve(entry);
  const path = intentPath(file);
  const claimed = recoveringPath(file);
  if (!existsSync(claimed)) {
    const found = readIntent(path);
    if (found === undefined) return undefined;
    if (found !== 'broken' && isUnderWay(found)) throw underWay(entry, found);
    try {
      // Whoever takes it away first recovers; nobody can take a newer one for it.
      renameSync(path, claimed);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw thrown;
    }
  }
  const intent = readIntent(claimed);
  if (intent === undefined) return undefined;
  if (intent === 'broken') {
    rmSync(claimed, { force: true });
    return undefined;
  }
  if (isUnderWay(intent)) throw underWay(entry, intent);
  claim(claimed, intent);
  try {
    const recovery = settle(intent);
    removeHalfWritten(path);
    rmSync(claimed, { force: true });
    return recovery;
  } finally {
    over(intent);
  }
}

/** What a process that was killed while it noted something has left. Only who ends the migration may be writing here. */
function removeHalfWritten(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp')) rmSync(join(folder, name), { force: true });
  }
}

/** Carries out what the database (or the intent) says: all new, or all as it was. */
export function settle(intent: Intent): Recovery {
  const { from, to, backup } = intent;
  if (!hasHappened(intent)) {
    // The source is written after the database, so there is nothing else to take back.
    rmSync(backup, { recursive: true, force: true });
    return { outcome: 'undone', from, to, saved: [] };
  }
  return { outcome: 'finished', from, to, saved: writeSource(intent) };
}

function hasHappened({ id, phase, database }: Intent): boolean {
  if (phase !== 'prepared') return phase === 'committed';
  if (database === undefined) return false;
  try {
    const store = openSqlite(database, { readOnly: true });
    try {
      return store.tables.migrations.get(id) !== undefined;
    } finally {
      store.close();
    }
  } catch (thrown) {
    throw new MigrationError(
      'MR3513',
      `A migration was interrupted, and whether it has happened stands in '${database}', which cannot be read: ${String(thrown)}`,
      { hint: 'Put the database back where it was, and try again.', fault: 'environment', cause: thrown },
    );
  }
}

/** Writes the files of a migration that has happened. What somebody has made of them meanwhile is kept in the backup. */
export function writeSource({ files, backup }: Intent): readonly string[] {
  const changed = files.flatMap(({ path, before, after }, index) => {
    const now = textOf(path);
    if (now === after || now === before || now === null) return [];
    return [[join(backup, 'changed-meanwhile', String(index), path.split(/[/\\]/).at(-1) ?? ''), now] as const];
  });
  writeFiles(changed);
  writeFiles(
    files.filter(({ path, after }) => textOf(path) !== after).map(({ path, after }) => [path, after] as const),
  );
  return changed.map(([path]) => path);
}

export function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
}
