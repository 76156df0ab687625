import { shownPath } from '../../../core/shown-path.ts';
import { keepVersion } from '../../../migrate/snapshots/keep.ts';
import type { Io } from '../../kit/io.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';

/** Keeps the present version. */
export async function snapshot(io: Io, file: string): Promise<number> {
  const { kept, system, written, diagnostics } = await keepVersion({ entry: file, cwd: io.cwd });
  const path = kept === undefined ? undefined : shownPath(kept.path, io.cwd);
  if (io.json) {
    io.document({
      ok: kept !== undefined,
      ...(kept && { system, version: kept.version, snapshot: path, written }),
      diagnostics,
    });
  } else {
    showDiagnostics(io, diagnostics);
    if (kept !== undefined) {
      io.out(
        written
          ? `Version ${kept.version} of ${system} is kept in ${path}.`
          : `${path} holds version ${kept.version} already.`,
      );
      if (written) io.note('Commit it: `dsl migrate --plan` compares the source with it.');
    }
  }
  return kept === undefined ? 1 : 0;
}
