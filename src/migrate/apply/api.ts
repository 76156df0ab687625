import type { MigrationOptions } from './apply.ts';
import type { Recovery } from './recover.ts';
import type { MigrationReport } from './report.ts';

/**
 * Takes a system to another version: its source by the steps in `migrations/`, and with `db` also what lies in a database.
 * All of it or nothing: killed at any moment, the next `dsl` command on this file finishes it or undoes it. What was there
 * before is kept in `.millrace/backups`. Never throws for bad input: `ok` is false then, and `diagnostics` say why.
 *
 * @example
 * ```ts
 * import { applyMigration } from 'millrace/migrate';
 *
 * const report = await applyMigration({ entry: 'orders.dsl.ts', target: '2.0.0', db: 'orders.db' });
 * for (const { machine, left } of report.database?.instances ?? []) console.log(machine, left);
 * ```
 */
export async function applyMigration(options: MigrationOptions): Promise<MigrationReport> {
  return await (await import('./apply.ts')).applyMigration(options);
}

/**
 * Finishes or undoes a migration that was interrupted: it has happened if the database has its record, or, without a
 * database, if its intent says so. Without an interrupted one it does nothing. Every `dsl` command that reads a system does
 * this first.
 *
 * @throws MigrationError MR3510 when one is running, MR3513 when the database cannot be asked.
 * @example
 * ```ts
 * import { recoverMigration } from 'millrace/migrate';
 *
 * const recovery = await recoverMigration('orders.dsl.ts');
 * if (recovery !== undefined) console.log(recovery.outcome, recovery.to);
 * ```
 */
export async function recoverMigration(entry: string): Promise<Recovery | undefined> {
  return await (await import('./recover.ts')).recoverMigration(entry);
}
