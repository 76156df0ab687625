import { resolve } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import { applyMigration } from '../../../migrate/apply/apply.ts';
import { hasIntent } from '../../../migrate/apply/intent-path.ts';
import { checkVersions } from '../../../migrate/check/check.ts';
import type { Diagnostic } from '../../../model/index.ts';
import type { Io } from '../../kit/io.ts';
import { hasErrors } from '../../../project/systems/read.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { migrationOptions } from './apply.ts';
import type { MigrateOptions } from './run.ts';

/** Says whether anything stands in the way of a migration, and with a database, whether that is behind. */
export async function check(io: Io, file: string, options: MigrateOptions): Promise<number> {
  const { system, versions, diagnostics: found } = await checkVersions(file, io.cwd);
  const entry = resolve(io.cwd, file);
  const problem = (message: string, hint: string): Diagnostic => {
    const place = {
      file: shownPath(entry, io.cwd),
      line: 1,
      column: 1,
      endLine: 1,
      endColumn: 1,
    };
    return { code: 'MR1832', severity: 'error', message, ...place, hint };
  };
  const diagnostics = [...found];
  if (hasIntent(entry)) {
    // Whoever only looks does not finish it.
    const hint = `Any other \`dsl\` command on this file finishes it or undoes it; \`dsl migrate ${file} --to VERSION\` is one.`;
    diagnostics.push(problem('A migration was interrupted, or is running.', hint));
  } else if (options.db !== undefined && !hasErrors(diagnostics)) {
    const rehearsed = await applyMigration({ ...migrationOptions(io, file, options), dryRun: true });
    const { ok, database } = rehearsed;
    if (!ok) diagnostics.push(...rehearsed.diagnostics);
    else if (database !== null && database.from.length > 0) {
      const message = `The database '${database.file}' has rows of ${database.from.join(', ')}, and the source says ${rehearsed.to}.`;
      diagnostics.push(
        problem(message, `\`dsl migrate ${file} --db ${database.file} --dry-run\` shows what becomes of them.`),
      );
    }
  }
  const ok = !hasErrors(diagnostics);
  if (io.json) {
    io.document({ ok, ...(system && { system: system.name, version: system.version }), kept: versions, diagnostics });
  } else {
    showDiagnostics(io, diagnostics);
    if (ok && versions.length === 0)
      io.out(`No version of ${system?.name} is kept yet: \`dsl migrate ${file} --snapshot\` keeps this one.`);
    else if (ok) io.out(`${system?.name} ${system?.version}: nothing stands in the way. Kept: ${versions.join(', ')}.`);
  }
  return ok ? 0 : 1;
}
