/**
 * The shop's own world: a payment provider, two warehouses, a desk for reviews, a printer and an outbox. All of it is
 * real files in one folder, `$SHOP_DIR`, so that anybody can look at what the tasks did.
 *
 *   shop.db         the provider's payments and refunds, the warehouses' stock and reservations (SQLite)
 *   effects.jsonl   a line for each time that the code of a task was started: the witness of what ran how often
 *   reviews/open, reviews/closed, labels, outbox      a JSON file for each case, label and mail
 */
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { NonRetryableError, type TaskContext } from 'millrace/tasks';

interface Catalogue {
  readonly items: readonly {
    readonly sku: string;
    readonly cents: number;
    readonly stock: Readonly<Record<string, number>>;
  }[];
}
export const catalogue = JSON.parse(readFileSync(new URL('./catalogue.json', import.meta.url), 'utf8')) as Catalogue;

type Row = Readonly<Record<string, SQLInputValue>>;

/** The folder with everything in it. */
export class Shop {
  readonly folder: string;
  readonly #database: DatabaseSync;

  constructor(folder: string) {
    this.folder = folder;
    for (const name of ['reviews/open', 'reviews/closed', 'labels', 'outbox'])
      mkdirSync(join(folder, name), { recursive: true });
    this.#database = new DatabaseSync(join(folder, 'shop.db'));
    this.#database.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS payments (key TEXT PRIMARY KEY, paymentId TEXT UNIQUE, orderId TEXT, email TEXT, cents INTEGER, currency TEXT, capturedAt TEXT) STRICT;
      CREATE TABLE IF NOT EXISTS refunds (paymentId TEXT PRIMARY KEY, refundId TEXT, at TEXT) STRICT;
      CREATE TABLE IF NOT EXISTS settled (orderId TEXT PRIMARY KEY) STRICT;
      CREATE TABLE IF NOT EXISTS requests (key TEXT PRIMARY KEY, tries INTEGER) STRICT;
      CREATE TABLE IF NOT EXISTS stock (warehouse TEXT, sku TEXT, available INTEGER CHECK (available >= 0), PRIMARY KEY (warehouse, sku)) STRICT;
      CREATE TABLE IF NOT EXISTS reservations (key TEXT PRIMARY KEY, reservationId TEXT UNIQUE, orderId TEXT, warehouse TEXT, sku TEXT, quantity INTEGER, released INTEGER DEFAULT 0) STRICT;
    `);
    this.transaction(() => {
      for (const { sku, stock } of catalogue.items) {
        for (const [warehouse, available] of Object.entries(stock))
          this.run('INSERT OR IGNORE INTO stock VALUES (?, ?, ?)', warehouse, sku, available);
      }
    });
  }

  /** All or nothing, whoever else has the file open. */
  transaction<Value>(work: () => Value): Value {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const value = work();
      this.#database.exec('COMMIT');
      return value;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes);
  }
  one<R = Row>(sql: string, ...values: SQLInputValue[]): R | undefined {
    return this.#database.prepare(sql).get(...values) as R | undefined;
  }
  all<R = Row>(sql: string, ...values: SQLInputValue[]): readonly R[] {
    return this.#database.prepare(sql).all(...values) as unknown as readonly R[];
  }

  /** Takes or gives nothing more for an order whose books are closed. */
  refuseSettled(orderId: string): void {
    if (this.one('SELECT 1 FROM settled WHERE orderId = ?', orderId) === undefined) return;
    throw new NonRetryableError(`the books of order ${orderId} are closed`, { code: 'ORDER_SETTLED' });
  }

  /** Puts goods back on their shelf, each reservation once. Gives how many there were. */
  release(reservationIds: readonly string[]): number {
    return reservationIds.filter((id) => {
      if (this.run('UPDATE reservations SET released = 1 WHERE reservationId = ? AND released = 0', id) === 0)
        return false;
      const held = this.one('SELECT warehouse, sku, quantity FROM reservations WHERE reservationId = ?', id);
      this.run(
        'UPDATE stock SET available = available + ? WHERE warehouse = ? AND sku = ?',
        held?.['quantity'] ?? 0,
        held?.['warehouse'] ?? '',
        held?.['sku'] ?? '',
      );
      return true;
    }).length;
  }

  /** Gives a payment back, once. */
  refund(paymentId: string, refundId: string): number {
    return this.run('INSERT OR IGNORE INTO refunds VALUES (?, ?, ?)', paymentId, refundId, new Date().toISOString());
  }

  /** Writes a file whole or not at all, so that whoever watches the folder never reads half of one. */
  write(path: string, content: object): string {
    const file = join(this.folder, path);
    const draft = join(dirname(file), `.${process.pid}.draft`);
    writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`);
    renameSync(draft, file);
    return path;
  }

  close(): void {
    this.#database.close();
  }
}

let open: Shop | undefined;

/**
 * What every task does first: it opens the shop and leaves a line in `effects.jsonl` that its code was started. The
 * line is written before the effect, so that no run of the code can go unseen.
 */
export function enter(task: string, { runId, step, attempt, idempotencyKey: key }: TaskContext): Shop {
  const folder = process.env['SHOP_DIR'];
  if (folder === undefined)
    throw new NonRetryableError('Say in SHOP_DIR which folder the shop lives in.', { code: 'NO_SHOP' });
  if (open?.folder !== folder) {
    open?.close();
    open = new Shop(folder);
  }
  const line = { at: new Date().toISOString(), worker: process.pid, task, run: runId, step, attempt, key };
  appendFileSync(join(folder, 'effects.jsonl'), `${JSON.stringify(line)}\n`);
  return open;
}
