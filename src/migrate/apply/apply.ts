import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { messageOf, MillraceError, systemClock, type Clock } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import type { Diagnostic } from '../../model/index.ts';
import { clockOf } from '../../runtime/options.ts';
import { openSqlite } from '../../store/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import { isBehind } from '../database/behind.ts';
import { migrateDatabase } from '../database/migrate-database.ts';
import { StepsFailed } from '../database/faults.ts';
import type { DatabaseReport } from '../database/report.ts';
import { MigrationError } from '../errors.ts';
import { loadSteps } from '../plan/load.ts';
import { backUpFiles, backupFolder, copyDatabase, databaseIn, noBackup } from './backup.ts';
import { newMigrationId } from './id.ts';
import { lock, note, over, unlock, type Intent } from './intent.ts';
import { own } from './own.ts';
import { planMigration, type Plan } from './plan.ts';
import { recoverMigration, settle, textOf, writeSource } from './recover.ts';
import type { MigrationReport } from './report.ts';

/** Where a migration is. A process that dies at any of these leaves all old or, after the next start, all new. */
export type MigrationProgress =
  | {
      readonly stage: 'locked' | 'planned' | 'backedUp' | 'prepared' | 'owned' | 'committing' | 'committed' | 'written';
    }
  | { readonly stage: 'migrating'; readonly what: 'runs' | 'instances'; readonly count: number };

/** What is migrated, and how. */
export interface MigrationOptions {
  /** The `.dsl.ts` of the system. */
  readonly entry: string;
  /** What paths are relative to. Default: the working directory. */
  readonly cwd?: string;
  /** Default: the version that the source says. */
  readonly target?: string;
  /** A database that is brought to the target as well. */
  readonly db?: string;
  /** Only says what would happen: the source is not written, and the database is a copy. */
  readonly dryRun?: boolean;
  readonly allowDowngrade?: boolean;
  /** Rows for which a function of a step fails stay as they are, and the rest goes on. Default: false, all is refused. */
  readonly leave?: boolean;
  /** The version of rows that are older than the field in which it stands. Default: the first of all steps. */
  readonly from?: string;
  /** Default: the wall clock, and for the database its own. */
  readonly clock?: Clock;
  readonly progress?: (progress: MigrationProgress) => void;
  /** The target with its code, when it is at hand; else its source is executed. */
  readonly system?: BoundSystem;
}

/** See `applyMigration` of `millrace/migrate`. */
export async function applyMigration(options: MigrationOptions): Promise<MigrationReport> {
  const { cwd = process.cwd(), dryRun = false } = options;
  const entry = resolve(cwd, options.entry);
  const base = {
    system: '',
    from: '',
    to: options.target ?? '',
    dryRun,
    steps: [],
    snapshot: null,
    database: null,
    backup: null,
  };
  const refuse = (diagnostics: readonly Diagnostic[], plan?: Plan): MigrationReport => ({
    ...base,
    ...plan?.head,
    ok: false,
    source: { files: [], diff: '' },
    diagnostics,
  });
  try {
    const recovered = await recoverMigration(entry);
    const notes = recovered === undefined ? [] : [recoveryNote(entry, cwd, recovered.outcome, recovered.to)];
    if (dryRun) {
      const plan = await planMigration({ ...options, entry, cwd });
      if (plan.refused !== undefined) return refuse([...notes, ...plan.refused], plan);
      return reportOf(plan, await rehearse(plan, options), null, notes);
    }
    return await locked(entry, cwd, options, notes, refuse);
  } catch (thrown) {
    if (thrown instanceof StepsFailed) return refuse(thrown.diagnostics);
    if (!(thrown instanceof MillraceError)) throw thrown;
    return refuse([problem(shownPath(entry, cwd), thrown)]);
  }
}

async function locked(
  entry: string,
  cwd: string,
  options: MigrationOptions,
  notes: readonly Diagnostic[],
  refuse: (diagnostics: readonly Diagnostic[], plan?: Plan) => MigrationReport,
): Promise<MigrationReport> {
  const { clock = systemClock(), progress = () => {} } = options;
  const id = newMigrationId(Date.now());
  const head = { id, from: '', to: options.target ?? '', backup: '' };
  // They are executed: one that takes long, or ends the process, has to leave no lock behind.
  const loaded = await loadSteps(entry, cwd);
  let intent = lock(entry, head);
  let committed = false;
  try {
    progress({ stage: 'locked' });
    const plan = await planMigration({ ...options, entry, cwd, loaded });
    if (plan.refused !== undefined) return refuse([...notes, ...plan.refused], plan);
    progress({ stage: 'planned' });
    const { from, to } = plan.head;
    const files = [...plan.files].map(([path, after]) => ({ path, before: textOf(path), after }));
    const backup = backupFolder(entry, clock.now(), from, to);
    intent = { ...intent, from, to, backup, files, ...(plan.db !== undefined && { database: plan.db }) };
    note(entry, intent);
    let database: DatabaseReport | undefined;
    if (plan.db === undefined) {
      keep(intent, entry);
      progress({ stage: 'backedUp' });
      note(entry, (intent = { ...intent, phase: 'prepared' }));
      progress({ stage: 'prepared' });
      note(entry, (intent = { ...intent, phase: 'committed' }));
      committed = true;
    } else {
      database = await inDatabase(plan, plan.db, intent, entry, options, (next) => (intent = next));
      committed = true;
    }
    progress({ stage: 'committed' });
    finish(entry, cwd, intent);
    progress({ stage: 'written' });
    unlock(entry);
    return reportOf(plan, database, shownPath(backup, cwd), notes);
  } catch (thrown) {
    // Whether it has happened is known by the database alone, also when the very commit failed.
    if (!committed && intent.backup !== '') settle(intent);
    throw thrown;
  } finally {
    // What could not be finished is left to the next command.
    if (!committed) unlock(entry);
    over(intent);
  }
}

/** Backups of what will change. */
function keep({ backup, files }: Intent, entry: string): void {
  try {
    backUpFiles(
      backup,
      entry,
      files.flatMap(({ path, before }) => (before === null ? [] : [path])),
    );
  } catch (thrown) {
    throw noBackup(backup, thrown);
  }
}

async function inDatabase(
  plan: Plan,
  db: string,
  locked: Intent,
  entry: string,
  options: MigrationOptions,
  noted: (intent: Intent) => void,
): Promise<DatabaseReport> {
  const { progress = () => {}, leave = false } = options;
  const store = openSqlite(db);
  let owner: ReturnType<typeof own> | undefined;
  try {
    owner = own(store, locked.id, db);
    progress({ stage: 'owned' });
    if (locked.files.length > 0 || store.reading((tables) => isBehind(plan.world, tables))) {
      keep(locked, entry);
      copyDatabase(db, databaseIn(locked.backup, db));
    }
    progress({ stage: 'backedUp' });
    const intent: Intent = { ...locked, phase: 'prepared' };
    note(entry, intent);
    noted(intent);
    progress({ stage: 'prepared' });
    const now = clockOf(store, options.clock).now();
    const { check, release } = owner;
    const report = await migrateDatabase(
      store,
      { ...plan.world, id: locked.id, now },
      {
        check,
        leave,
        also: (tx) => {
          release(tx);
          progress({ stage: 'committing' });
        },
        progress: (each) => progress({ stage: 'migrating', ...each }),
      },
    );
    owner = undefined;
    return report;
  } finally {
    owner?.letGo();
    store.close();
  }
}

/** After the commit. What cannot be written now is written by the next command. */
function finish(entry: string, cwd: string, intent: Intent): void {
  try {
    writeSource(intent);
  } catch (thrown) {
    throw new MigrationError(
      'MR3514',
      `The migration to ${intent.to} has happened, and the source of '${shownPath(entry, cwd)}' could not be written: ${messageOf(thrown)}.`,
      {
        hint: 'Make room, or check the permissions; the next `dsl` command on this file finishes it.',
        fault: 'environment',
        cause: thrown,
      },
    );
  }
}

/** What would become of a database, seen on a copy. */
async function rehearse(plan: Plan, options: MigrationOptions): Promise<DatabaseReport | undefined> {
  if (plan.db === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'millrace-dry-run-'));
  try {
    const copy = databaseIn(folder, plan.db);
    copyDatabase(plan.db, copy);
    const store = openSqlite(copy);
    try {
      const now = clockOf(store, options.clock).now();
      return await migrateDatabase(store, { ...plan.world, now }, { leave: options.leave ?? false });
    } finally {
      store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function reportOf(
  plan: Plan,
  database: DatabaseReport | undefined,
  backup: string | null,
  notes: readonly Diagnostic[],
): MigrationReport {
  const file = plan.shownDb ?? '';
  return {
    ok: true,
    ...plan.head,
    source: plan.source,
    snapshot: plan.snapshot,
    database: database === undefined ? null : { file, ...database },
    backup: backup !== null && existsSync(resolve(plan.cwd, backup)) ? backup : null,
    diagnostics: [...notes, ...plan.notes],
  };
}

const whole = { line: 1, column: 1, endLine: 1, endColumn: 1 };

function problem(file: string, error: MillraceError): Diagnostic {
  const hint = error instanceof MigrationError ? error.hint : undefined;
  const message = hint === undefined ? error.message : error.message.slice(0, -hint.length - 1);
  return { code: error.code, severity: 'error', message, file, ...whole, ...(hint !== undefined && { hint }) };
}

function recoveryNote(entry: string, cwd: string, outcome: string, to: string): Diagnostic {
  const message = `A migration${to === '' ? '' : ` to ${to}`} that had been interrupted was ${outcome} first.`;
  return { code: 'MR3511', severity: 'info', message, file: shownPath(entry, cwd), ...whole };
}
