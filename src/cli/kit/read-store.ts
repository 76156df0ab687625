import { readConfig } from '../../project/config/config.ts';
import { openSqlite, type Tables } from '../../store/index.ts';
import { theDatabase } from './database.ts';
import type { Io } from './io.ts';

/** Reads a database without driving it: whoever owns it is not disturbed. */
export async function readStore<T>(
  io: Io,
  db: string | undefined,
  read: (tables: Tables, file: string) => T,
): Promise<T> {
  const file = theDatabase(io, await readConfig(io.cwd), db);
  const store = openSqlite(file, { readOnly: true });
  try {
    return read(store.tables, file);
  } finally {
    store.close();
  }
}

/** A text of the database that holds JSON, or nothing. */
export function json(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown);
}

/** A time of the database, as people and programs read it. */
export function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
