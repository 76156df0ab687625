import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreError, storeError } from '../errors.ts';
import { applicationId, steps } from './schema.ts';

function refuse(file: string, code: string, text: string): never {
  throw new StoreError(text, { code, retryable: false, fault: 'environment', details: { file } });
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0);
}

/** Is this database ours, or new and empty? Looks without writing, so that a stranger's file stays as it is. */
function inspect(db: DatabaseSync, file: string): 'ours' | 'empty' {
  const tables = Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']);
  const id = pragma(db, 'application_id');
  const version = pragma(db, 'user_version');
  if (tables === 0 && version === 0 && (id === 0 || id === applicationId)) return 'empty';
  if (id !== applicationId) {
    refuse(
      file,
      'MR3003',
      `The database '${file}' belongs to another program. It was left as it is; name another file.`,
    );
  }
  if (version > steps.length) {
    refuse(
      file,
      'MR3004',
      `The database '${file}' has schema version ${version}; this Millrace knows versions up to ${steps.length}. Install the newer Millrace that wrote it.`,
    );
  }
  return 'ours';
}

/** Runs the schema steps that the file has not had, each in a transaction with its version. */
function upgrade(db: DatabaseSync): void {
  for (let version = pragma(db, 'user_version'); version < steps.length; version++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have been faster.
      if (pragma(db, 'user_version') === version) {
        db.exec(steps[version] ?? '');
        db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version + 1}`);
      }
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
}

/** Opens a connection and makes sure that the file is a Millrace database of a version that we know. */
export function openDatabase(file: string, options: { readonly readOnly?: boolean } = {}): DatabaseSync {
  const memory = file === ':memory:';
  if (!memory && existsSync(file) && statSync(file).isDirectory()) {
    refuse(file, 'MR3008', `'${file}' is a folder, not a database file. Name a file in it.`);
  }
  if (options.readOnly === true && !existsSync(file)) {
    refuse(file, 'MR3008', `There is no database '${file}'. Run something first, or name another file.`);
  }
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: 5000, readOnly: options.readOnly ?? false });
    const found = inspect(db, file);
    if (options.readOnly === true) {
      if (found === 'empty')
        refuse(file, 'MR3003', `The database '${file}' is empty. Run something first, or name another file.`);
      if (pragma(db, 'user_version') === steps.length) return db;
      db.close();
      // Written by an older Millrace: what only reads cannot read it as it is.
      openDatabase(file).close();
      return openDatabase(file, options);
    }
    // Outside a transaction, and before anything else: both are of the connection or need no lock of ours.
    if (!memory) db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000');
    upgrade(db);
    return db;
  } catch (error) {
    db?.close();
    throw storeError(error, file);
  }
}
