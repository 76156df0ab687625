import { resolve } from 'node:path';
import { loadSystemFromDsl } from '../../../source/index.ts';
import type { SystemModel } from '../../../model/index.ts';
import type { BoundSystem } from '../../../tasks/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import type { Io } from '../../kit/io.ts';
import { findSystems, hasErrors } from '../../../project/systems/read.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { compileFirst } from './compile-first.ts';

/** A system that is about to be tested. */
export interface Prepared {
  /** Its file, absolute. */
  readonly entry: string;
  readonly model: SystemModel;
  /** The system with its functions, executed. */
  readonly live: () => Promise<BoundSystem>;
}

/** Reads a system, and compiles it where that is stale when it is executed. Undefined: its problems have been told. */
export async function prepare(io: Io, file: string): Promise<Prepared | undefined> {
  const entry = resolve(io.cwd, file);
  const config = await readConfig(io.cwd, entry);
  const { systems, diagnostics } = await findSystems([entry], io.cwd, config, { stubs: true });
  const [found] = systems;
  if (found === undefined || hasErrors(diagnostics)) {
    if (io.json) io.document({ ok: false, diagnostics });
    else showDiagnostics(io, diagnostics);
    return undefined;
  }
  const live = async (): Promise<BoundSystem> => {
    await compileFirst(io, entry, config);
    return loadSystemFromDsl(entry, { live: true });
  };
  return { entry, model: found.model, live };
}
