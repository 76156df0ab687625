import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../check.ts';

/** Does SQLite keep what it is given: a write-ahead log, flushed at each commit? Tried on a real file. */
export const sqlite: Check = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-doctor-'));
  try {
    const { DatabaseSync } = await import('node:sqlite');
    const file = join(folder, 'doctor.db');
    const database = new DatabaseSync(file);
    const version = String(database.prepare('SELECT sqlite_version() AS version').get()?.['version']);
    const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
    database.exec('PRAGMA synchronous = FULL; CREATE TABLE t (n INTEGER) STRICT; INSERT INTO t VALUES (42)');
    const level = database.prepare('PRAGMA synchronous').get()?.['synchronous'];
    const other = new DatabaseSync(file, { readOnly: true });
    const seen = other.prepare('SELECT n FROM t').get()?.['n'];
    other.close();
    database.close();
    if (mode !== 'wal' || level !== 2 || seen !== 42) {
      const message = `SQLite ${version}: journal_mode is ${String(mode)}, synchronous is ${String(level)} in ${tmpdir()}`;
      return {
        name: 'sqlite',
        status: 'problem',
        message,
        hint: 'Keep databases on a local disk: network file systems cannot do this.',
      };
    }
    return { name: 'sqlite', status: 'ok', message: `SQLite ${version}, write-ahead log, flushed at each commit` };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { name: 'sqlite', status: 'problem', message: `SQLite does not work here: ${message}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
