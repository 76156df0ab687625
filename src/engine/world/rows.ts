import { constants, DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** What a query may do: read. Other files of the machine cannot be attached, and nothing is set. */
const reading: ReadonlySet<number> = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
]);

/** The rows of one query of a SQLite file. It is opened each time: a file that was replaced meanwhile is another one. */
export function rowsIn(
  file: string,
  sql: string,
  parameters: readonly SQLInputValue[],
): readonly Readonly<Record<string, unknown>>[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.setAuthorizer((action) => (reading.has(action) ? constants.SQLITE_OK : constants.SQLITE_DENY));
    return database
      .prepare(sql)
      .all(...parameters)
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}
