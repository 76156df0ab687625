import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { storeError } from '../errors.ts';

/** A prepared statement whose rows are `Row`: the one place where SQLite's untyped rows get their type. */
export interface Query<Row> {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
}

/** Prepares a query. `Row` is a promise of the caller about the columns of `sql`; the contract suite keeps it. */
export function query<Row>(db: DatabaseSync, sql: string): Query<Row> {
  let prepared: StatementSync | undefined;
  const statement = (): StatementSync => (prepared ??= db.prepare(sql));
  return {
    get: (...values) => {
      try {
        return statement().get(...values) as Row | undefined;
      } catch (error) {
        throw known(db, error);
      }
    },
    all: (...values) => {
      try {
        return statement().all(...values) as Row[];
      } catch (error) {
        throw known(db, error);
      }
    },
  };
}

/** Told apart at once: whoever calls may go on after a failure of user code, and must not after one of the disk. */
const known = (db: DatabaseSync, error: unknown): unknown =>
  storeError(error, (db.isOpen ? db.location() : null) ?? ':memory:');

/** The rows of a query one by one, of which there may be more than fit into memory. */
export function rowsOf<Row>(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): Iterable<Row> {
  return db.prepare(sql).iterate(...values) as Iterable<Row>;
}

/** Prepares a statement that writes. Gives the rowid of the row it inserted. */
export function command(db: DatabaseSync, sql: string): (...values: SQLInputValue[]) => number {
  let prepared: StatementSync | undefined;
  return (...values) => {
    try {
      return Number((prepared ??= db.prepare(sql)).run(...values).lastInsertRowid);
    } catch (error) {
      throw known(db, error);
    }
  };
}

/** A `WHERE` clause from the conditions that are wanted, and its values. */
export function where(
  conditions: readonly (readonly [sql: string, value: SQLInputValue | readonly SQLInputValue[] | undefined])[],
): { readonly sql: string; readonly values: SQLInputValue[] } {
  const wanted = conditions.filter(
    (condition): condition is [string, SQLInputValue | readonly SQLInputValue[]] => condition[1] !== undefined,
  );
  const sql = wanted.map(([text, value]) =>
    Array.isArray(value) ? text.replace('?', `(${value.map(() => '?').join(', ')})`) : text,
  );
  return {
    sql: sql.length === 0 ? '' : `WHERE ${sql.join(' AND ')}`,
    values: wanted.flatMap(([, value]) => value as SQLInputValue | SQLInputValue[]),
  };
}
