import { applyMigration, type MigrationOptions, type MigrationProgress } from '../../../migrate/apply/apply.ts';
import type { Io } from '../../kit/io.ts';
import type { MigrateOptions } from './run.ts';
import { report } from './report.ts';

/** Brings a system, and its database, to a version; or says what that would do. */
export async function apply(io: Io, file: string, options: MigrateOptions): Promise<number> {
  const done = await applyMigration({ ...migrationOptions(io, file, options), progress: progressTo(io) });
  if (io.json) io.document(done);
  else report(io, file, done);
  return done.ok ? 0 : 1;
}

/** What the command line says, as a migration is told it. */
export function migrationOptions(io: Io, file: string, options: MigrateOptions): MigrationOptions {
  const { to, db, from, dryRun, allowDowngrade, leave } = options;
  return {
    entry: file,
    cwd: io.cwd,
    ...(to !== undefined && { target: to }),
    ...(db !== undefined && { db }),
    ...(from !== undefined && { from }),
    ...(dryRun !== undefined && { dryRun }),
    ...(allowDowngrade !== undefined && { allowDowngrade }),
    ...(leave !== undefined && { leave }),
  };
}

/** Many rows take a while: it is told how far it is. */
function progressTo(io: Io): (progress: MigrationProgress) => void {
  let told = 0;
  return (progress) => {
    if (progress.stage !== 'migrating' || progress.count < told + 1000) return;
    told = progress.count;
    io.note(`  ${progress.count} ${progress.what} …`);
  };
}
