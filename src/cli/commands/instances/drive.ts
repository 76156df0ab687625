import { existsSync } from 'node:fs';
import { connect, type Client, type ReactiveSystemRuntime } from '../../../runtime/index.ts';
import { CliError } from '../../kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { readStore } from '../../kit/read-store.ts';
import { makeFolderOf, type OpenedSystem } from '../../systems/bound.ts';
import { ioLogger } from '../../systems/logger.ts';
import { find } from './find.ts';

/** Asks whoever drives the database, or drives it until nothing is left to do but to wait. */
export async function drive<T>(
  io: Io,
  { system, database, resources }: OpenedSystem,
  ask: (engine: ReactiveSystemRuntime | Client) => Promise<T>,
): Promise<{ readonly result: T; readonly driven: boolean }> {
  makeFolderOf(database);
  const engine = connect(system, { db: database, resources, logger: ioLogger(io, 'warn') });
  try {
    const result = await ask(engine);
    if (engine.role === 'owner') await engine.idle();
    return { result, driven: engine.role === 'owner' };
  } finally {
    await engine.close();
  }
}

/**
 * The machine of the instance that is meant.
 *
 * @throws CliError MR2014 when there is none, or when several machines have one.
 */
export async function machineOf(
  io: Io,
  { database }: OpenedSystem,
  id: string,
  machine: string | undefined,
): Promise<string> {
  if (!existsSync(database))
    throw new CliError('MR2014', `There is no instance '${id}': there is no database ${database} yet.`);
  return (await readStore(io, database, (tables, file) => find(tables, file, id, machine))).machine;
}
