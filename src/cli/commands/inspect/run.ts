import { resolve } from 'node:path';
import { hashSystem } from '../../../model/hash/hash.ts';
import { readConfig } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { findSystems, hasErrors } from '../../../project/systems/read.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { printSummary } from './summary.ts';

/** Shows what a system declares. */
export async function inspect(io: Io, file: string | undefined, schema: boolean): Promise<number> {
  if (schema) {
    const { systemJsonSchema } = await import('../../../model/index.ts');
    io.document(systemJsonSchema());
    return 0;
  }
  if (file === undefined)
    throw new CliError('MR2003', "Missing required argument 'file'.", { hint: 'dsl inspect hello.dsl.ts' });
  const { systems, diagnostics } = await findSystems([resolve(io.cwd, file)], io.cwd, await readConfig(io.cwd));
  const [system] = systems;
  if (system === undefined || hasErrors(diagnostics)) {
    if (io.json) io.document({ ok: false, diagnostics });
    else showDiagnostics(io, diagnostics);
    return 1;
  }
  if (io.json) io.document(system.model);
  else {
    showDiagnostics(io, diagnostics);
    printSummary(io, system.model, hashSystem(system.model));
  }
  return 0;
}
