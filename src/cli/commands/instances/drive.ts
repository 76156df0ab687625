import { connect, type Client, type ReactiveSystemRuntime } from '../../../runtime/index.ts';
import type { Io } from '../../kit/io.ts';
import { makeFolder, type OpenedSystem } from '../../systems/bound.ts';
import { ioLogger } from '../../systems/logger.ts';

/** Asks whoever drives the database, or drives it until nothing is left to do but to wait. */
export async function drive<T>(
  io: Io,
  { system, database }: OpenedSystem,
  ask: (engine: ReactiveSystemRuntime | Client) => Promise<T>,
): Promise<{ readonly result: T; readonly driven: boolean }> {
  makeFolder(database);
  const engine = connect(system, { db: database, logger: ioLogger(io, 'warn') });
  try {
    const result = await ask(engine);
    if (engine.role === 'owner') await engine.idle();
    return { result, driven: engine.role === 'owner' };
  } finally {
    await engine.close();
  }
}
