import { checkVersions } from '../../../migrate/check/check.ts';
import type { Io } from '../../kit/io.ts';
import { hasErrors } from '../../systems/read.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import type { MigrateOptions } from './run.ts';

/** Says whether anything stands in the way of a migration. */
export async function check(io: Io, file: string, _options: MigrateOptions): Promise<number> {
  const { system, versions, diagnostics } = await checkVersions(file, io.cwd);
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
