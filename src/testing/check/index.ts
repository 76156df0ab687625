import { openSqlite, type Store } from '../../store/index.ts';
import { checkEvents, checkInbox } from './events.ts';
import { checkFile } from './file.ts';
import { checkInstances } from './instances.ts';
import { checkBudgets } from './models.ts';
import { checkRuns } from './runs.ts';
import { checkTimers } from './timers.ts';
import { findingsOf, type Violation } from './violation.ts';

export type { Violation } from './violation.ts';

/**
 * Looks for what cannot be in a database if nothing was lost and nothing was done twice: steps that ended without having begun,
 * steps that ended twice, ends that nobody was told, timers and waits of runs that are over, columns that are no JSON.
 * Of a file, SQLite's own check is made too. Nothing is changed; a process may drive the database meanwhile, but then
 * only its own store sees one moment.
 *
 * @returns What was found, nothing when all is well.
 * @throws StoreError when the file cannot be opened, or its pages cannot be read (MR3009).
 * @example
 * ```ts
 * import { checkDatabase } from 'millrace/testing';
 *
 * for (const { at, message } of checkDatabase('orders.db')) console.error(`${at}: ${message}`);
 * ```
 */
export function checkDatabase(database: Store | string): readonly Violation[] {
  if (typeof database !== 'string') return database.reading(checkTables);
  const store = openSqlite(database, { readOnly: true });
  try {
    const { violations, found } = findingsOf(store.tables);
    checkFile(found, database);
    return [...violations, ...store.reading(checkTables)];
  } finally {
    store.close();
  }
}

function checkTables(tables: Store['tables']): readonly Violation[] {
  const findings = findingsOf(tables);
  checkRuns(findings);
  checkTimers(findings);
  checkEvents(findings);
  checkInstances(findings);
  checkInbox(findings);
  checkBudgets(findings);
  return findings.violations;
}
