import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreError, storeError } from '../errors.ts';
import type { Store, Tables, Tx } from '../store.ts';
import { eventTable } from './events.ts';
import { idempotencyTable, inboxTable, metaTable, migrationTable, ownerTable } from './inbox.ts';
import { instanceTable } from './instances.ts';
import { blobTable, ledgerTable, progressTable } from './ledger.ts';
import { answerTable, budgetTable, noteTable, usageTable } from './models.ts';
import { openDatabase } from './open.ts';
import { journalTable, runTable } from './runs.ts';
import { timerTable, waitTable } from './timers.ts';
import { workTable } from './work.ts';

function tablesOf(db: DatabaseSync): Tables {
  return {
    meta: metaTable(db),
    owner: ownerTable(db),
    runs: runTable(db),
    journal: journalTable(db),
    timers: timerTable(db),
    waits: waitTable(db),
    events: eventTable(db),
    instances: instanceTable(db),
    inbox: inboxTable(db),
    idempotency: idempotencyTable(db),
    migrations: migrationTable(db),
    work: workTable(db),
    ledger: ledgerTable(db),
    blobs: blobTable(db),
    progress: progressTable(db),
    budgets: budgetTable(db),
    usage: usageTable(db),
    answers: answerTable(db),
    notes: noteTable(db),
  };
}

/** What went wrong before is what counts, not that this fails, too: then nothing can be begun on this connection again. */
function takeBack(db: DatabaseSync): void {
  try {
    if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
  } catch {
    // It is never committed: the next process takes it back.
  }
}

/**
 * Opens a store on a SQLite file (WAL, `synchronous=FULL`: a transaction that has returned survives power loss).
 * A missing file is created; a file that is not ours is refused and left as it is.
 *
 * @throws StoreError MR3003 not a Millrace database, MR3004 a newer schema, MR3007 read-only, MR3008 cannot be opened.
 * @example
 * ```ts
 * import { openSqlite } from 'millrace/store';
 *
 * const store = openSqlite(':memory:');
 * store.tables.runs.list({}); // []
 * store.close();
 * ```
 */
export function openSqlite(file: string, options: { readonly readOnly?: boolean } = {}): Store {
  const db = openDatabase(file, options);
  const tables = tablesOf(db);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const version = db.prepare('PRAGMA data_version');
  const [pageSize, pages, freePages] = ['page_size', 'page_count', 'freelist_count'].map((name) =>
    db.prepare(`PRAGMA ${name}`),
  ) as [StatementSync, StatementSync, StatementSync];
  const savepoint = db.prepare('SAVEPOINT unit');
  const release = db.prepare('RELEASE unit');
  /** The disk has failed within a savepoint: whoever makes nothing of that must not commit what is left. */
  let doomed: unknown;
  const tx: Tx = {
    ...tables,
    savepoint(work) {
      try {
        savepoint.run();
        const result = work();
        release.run();
        return result;
      } catch (thrown) {
        const error = storeError(thrown, file);
        if (error instanceof StoreError) doomed = error;
        try {
          if (doomed === undefined) db.exec('ROLLBACK TO unit; RELEASE unit');
        } catch (again) {
          doomed = storeError(again, file);
        }
        throw doomed ?? error;
      }
    },
  };
  const finish = (): void => {
    if (doomed !== undefined) throw doomed;
    commit.run();
  };
  const checkOpen = (): void => {
    if (db.isOpen) return;
    throw new StoreError(`The database '${file}' has been closed.`, {
      code: 'MR3010',
      retryable: false,
      fault: 'input',
    });
  };
  return {
    tables,
    transaction(work) {
      checkOpen();
      try {
        doomed = undefined;
        begin.run();
        const result = work(tx);
        finish();
        return result;
      } catch (error) {
        takeBack(db);
        throw storeError(error, file);
      }
    },
    async longTransaction(work) {
      checkOpen();
      try {
        doomed = undefined;
        begin.run();
        const result = await work(tx);
        finish();
        return result;
      } catch (error) {
        takeBack(db);
        throw storeError(error, file);
      }
    },
    reading(work) {
      try {
        db.exec('BEGIN');
        const result = work(tables);
        db.exec('COMMIT');
        return result;
      } catch (error) {
        takeBack(db);
        throw storeError(error, file);
      }
    },
    space: () => {
      const page = Number(pageSize.get()?.['page_size']);
      const free = Number(freePages.get()?.['freelist_count']);
      return { used: (Number(pages.get()?.['page_count']) - free) * page, free: free * page };
    },
    vacuum: () => {
      checkOpen();
      try {
        db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
      } catch (error) {
        throw storeError(error, file);
      }
    },
    version: () => {
      try {
        return Number(version.get()?.['data_version']);
      } catch (error) {
        throw storeError(error, file);
      }
    },
    close: () => {
      if (db.isOpen) db.close();
    },
  };
}
