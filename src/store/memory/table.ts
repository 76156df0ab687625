import { MillraceError } from '../../core/index.ts';

/** What takes back each change since the transaction began, newest last. */
export type Log = (() => void)[];

/** Rows by key, with an undo log: every change notes how it is taken back. Rows are never changed in place. */
export class Table<Row> {
  readonly #rows = new Map<string, Row>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  get(...key: readonly (string | number)[]): Row | undefined {
    return this.#rows.get(keyOf(key));
  }

  /** In the order of insertion. */
  rows(): Row[] {
    return [...this.#rows.values()];
  }

  filter(wanted: (row: Row) => boolean): Row[] {
    return this.rows().filter(wanted);
  }

  /** Adds a row, as `INSERT` does: there must be none under its key. */
  insert(key: readonly (string | number)[], row: Row): void {
    if (this.#rows.has(keyOf(key))) {
      throw new MillraceError(
        `There is a row '${key.join(' ')}' already. This is a bug of Millrace; please report it.`,
        {
          code: 'MR3012',
          retryable: false,
          fault: 'internal',
        },
      );
    }
    this.put(key, row);
  }

  put(key: readonly (string | number)[], row: Row): void {
    const name = keyOf(key);
    const before = this.#rows.get(name);
    this.#rows.set(name, row);
    this.#log.push(() => (before === undefined ? this.#rows.delete(name) : this.#rows.set(name, before)));
  }

  change(key: readonly (string | number)[], changes: Partial<Row>): void {
    const before = this.get(...key);
    if (before !== undefined) this.put(key, { ...before, ...changes });
  }

  remove(key: readonly (string | number)[]): void {
    const name = keyOf(key);
    const before = this.#rows.get(name);
    if (before === undefined) return;
    this.#rows.delete(name);
    this.#log.push(() => this.#rows.set(name, before));
  }
}

const keyOf = (key: readonly (string | number)[]): string => JSON.stringify(key);

/** Sorts by several keys. */
export function sorted<Row>(rows: readonly Row[], ...by: readonly ((row: Row) => string | number)[]): Row[] {
  return [...rows].sort((a, b) => {
    for (const key of by) {
      const [x, y] = [key(a), key(b)];
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  });
}

/** A page of rows. */
export function page<Row>(
  rows: readonly Row[],
  { limit, offset = 0 }: { readonly limit?: number; readonly offset?: number },
): Row[] {
  return rows.slice(offset, limit === undefined ? undefined : offset + limit);
}
