import { StoreError } from '../errors.ts';
import type { Store, Tables, Tx } from '../store.ts';
import { idempotencyTable, inboxTable, instanceTable, metaTable, migrationTable, ownerTable } from './others.ts';
import { ledgerTables, progressTable } from './ledger.ts';
import { answerTable, budgetTable, noteTable, usageTable } from './models.ts';
import { eventTable, journalTable, runTable, timerTable, waitTable } from './runs.ts';
import type { Log } from './table.ts';
import { workTable } from './work.ts';

/**
 * A store of plain maps, for tests and for places without SQLite. It keeps the same contract, but for durability; its
 * lists are scanned, so it is for thousands of rows, not millions.
 *
 * @example
 * ```ts
 * import { openMemory } from 'millrace/store';
 *
 * const store = openMemory();
 * store.transaction((tx) => tx.meta.set('answer', '42'));
 * store.tables.meta.get('answer'); // '42'
 * ```
 */
export function openMemory(): Store {
  const log: Log = [];
  const runs = runTable(log);
  const tables: Tables = {
    meta: metaTable(log),
    owner: ownerTable(log),
    runs,
    journal: journalTable(log),
    timers: timerTable(log),
    waits: waitTable(log),
    events: eventTable(log),
    instances: instanceTable(log, runs),
    inbox: inboxTable(log),
    idempotency: idempotencyTable(log),
    migrations: migrationTable(log),
    work: workTable(log),
    ...ledgerTables(log),
    progress: progressTable(log),
    budgets: budgetTable(log),
    usage: usageTable(log),
    answers: answerTable(log),
    notes: noteTable(log),
  };
  const takeBack = (to: number): void => {
    while (log.length > to) {
      const undo = log.pop();
      const length = log.length;
      undo?.();
      log.length = length;
    }
  };
  const guarded = <T>(work: () => T): T => {
    const from = log.length;
    try {
      return work();
    } catch (error) {
      takeBack(from);
      throw error;
    }
  };
  const tx: Tx = { ...tables, savepoint: guarded };
  let open = true;
  const checkOpen = (): void => {
    if (!open) throw new StoreError('The store has been closed.', { code: 'MR3010', retryable: false, fault: 'input' });
  };
  return {
    tables,
    transaction(work) {
      checkOpen();
      try {
        return guarded(() => work(tx));
      } finally {
        log.length = 0;
      }
    },
    async longTransaction(work) {
      checkOpen();
      try {
        return await work(tx);
      } catch (error) {
        takeBack(0);
        throw error;
      } finally {
        log.length = 0;
      }
    },
    reading: (work) => work(tables),
    space: () => ({ used: 0, free: 0 }),
    vacuum: checkOpen,
    version: () => 0,
    close: () => {
      open = false;
    },
  };
}
