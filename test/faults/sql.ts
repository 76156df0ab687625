import { DatabaseSync, StatementSync } from 'node:sqlite';

/** One statement that SQLite is about to run, or has run. */
export interface SqlPoint {
  readonly n: number;
  readonly sql: string;
  readonly moment: 'before' | 'after';
}

/** What goes wrong: the process dies, or SQLite reports a failure by its number. */
export type SqlFault = 'die' | { readonly errcode: number };

class Died extends Error {
  override readonly name = 'Died';
}

/**
 * Stands between our code and SQLite: every statement within a transaction, `BEGIN` and `COMMIT` among them, is a point
 * before it and one after it, at which things can go wrong. What is faked is the failure; the file is a real one. When
 * the process "has died", no connection that was open runs another statement: closing it takes back what it had begun.
 */
export class SqlFaults {
  points = 0;
  transactions = 0;
  /** The kinds of statements that were seen, by their first words and their table. */
  readonly seen = new Map<string, number>();
  died = false;
  readonly #fault: (point: SqlPoint) => SqlFault | undefined;
  readonly #restore: (() => void)[] = [];
  #inside = 0;

  constructor(fault: (point: SqlPoint) => SqlFault | undefined) {
    this.#fault = fault;
    const around = <T>(sql: string, work: () => T): T => this.#around(sql, work);
    for (const name of ['run', 'get', 'all'] as const) {
      const real = StatementSync.prototype[name] as (this: StatementSync, ...values: never[]) => never;
      this.#replace(StatementSync.prototype, name, function (this: StatementSync, ...values: never[]) {
        return around(this.sourceSQL, () => real.apply(this, values));
      });
    }
    const exec = Reflect.get(DatabaseSync.prototype, 'exec') as (this: DatabaseSync, sql: string) => void;
    this.#replace(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
      return around(sql, () => exec.call(this, sql));
    });
  }

  /** Takes the hooks away. */
  [Symbol.dispose](): void {
    for (const restore of this.#restore) restore();
  }

  #replace(prototype: object, name: string, value: unknown): void {
    const real = Object.getOwnPropertyDescriptor(prototype, name);
    if (real === undefined) throw new Error(`node:sqlite has no ${name}.`);
    Object.defineProperty(prototype, name, { ...real, value });
    this.#restore.push(() => Object.defineProperty(prototype, name, real));
  }

  #around<T>(sql: string, work: () => T): T {
    if (this.died) throw new Died('The process has died.');
    const first = sql.trimStart().slice(0, 6).toUpperCase();
    if (first.startsWith('BEGIN')) {
      this.#inside++;
      this.transactions++;
    }
    if (this.#inside === 0) return work();
    const what = /^\s*(\w+)(?:.*?\b(?:INTO|FROM|UPDATE)\s+(\w+)|\s+(\w+))?/is.exec(sql);
    const kind = `${what?.[1] ?? ''} ${what?.[2] ?? what?.[3] ?? ''}`;
    this.seen.set(kind, (this.seen.get(kind) ?? 0) + 1);
    let result: T;
    try {
      this.#pass(sql, 'before');
      result = work();
    } catch (error) {
      if (first.startsWith('BEGIN')) this.#inside--;
      throw error;
    }
    if (first.startsWith('COMMIT') || sql === 'ROLLBACK') this.#inside--;
    this.#pass(sql, 'after');
    return result;
  }

  #pass(sql: string, moment: SqlPoint['moment']): void {
    const fault = this.#fault({ n: ++this.points, sql, moment });
    if (fault === undefined) return;
    if (fault === 'die') {
      this.died = true;
      throw new Died(`The process died ${moment} ${sql}`);
    }
    throw Object.assign(new Error('told to fail'), { code: 'ERR_SQLITE_ERROR', errcode: fault.errcode });
  }
}
