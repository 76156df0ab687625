import { shownPath } from '../../../core/shown-path.ts';
import type { Config } from '../../../project/config/config.ts';
import type { Io } from '../../kit/io.ts';
import { compileSystems } from '../../../project/systems/compile.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';

/** Compiles a system where it is stale: tests, and the implementations that are loaded with the source, import what is generated. */
export async function compileFirst(io: Io, entry: string, config: Config): Promise<void> {
  const { ok, systems, diagnostics } = await compileSystems([entry], io.cwd, config, { out: config.out });
  if (!ok) showDiagnostics(io, diagnostics);
  const written = systems.reduce((sum, each) => sum + each.written, 0);
  if (written > 0) io.note(`Compiled ${shownPath(entry, io.cwd)}: ${written} written.`);
}
