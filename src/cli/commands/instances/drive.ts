import { existsSync } from 'node:fs';
import type { RestateClient } from '../../../restate/index.ts';
import { connect, type Client, type ReactiveSystemRuntime } from '../../../runtime/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { readStore } from '../../kit/read-store.ts';
import { makeFolderOf, type OpenedSystem } from '../../systems/bound.ts';
import { ioLogger } from '../../systems/logger.ts';
import { openClient, tellHeldUp } from '../../systems/on-restate.ts';
import { instanceRow } from '../../systems/restate-rows.ts';
import { goesOn } from '../runs/goes-on.ts';
import { find, theOne } from './find.ts';

/** Whom a command asks. */
export type Engine = ReactiveSystemRuntime | Client | RestateClient;

/**
 * Asks whoever drives the database, or drives it until nothing is left to do but to wait. `run`: then `hint` says how that
 * run goes on, if it has not ended.
 */
export async function drive<T>(
  io: Io,
  opened: OpenedSystem,
  ask: (engine: Engine) => Promise<T>,
  run?: string | ((result: T) => string),
): Promise<{ readonly result: T; readonly driven: boolean; readonly hint: string | undefined }> {
  const { system, database, options, restate } = opened;
  if (restate !== undefined) {
    const client = await openClient(io, opened, restate);
    try {
      const waited = { run: typeof run === 'string' ? run : undefined, what: 'for the system to answer' };
      const left = 'what was asked is with the server, and is done when the endpoint is back.';
      const result = await tellHeldUp(io, opened, client, ask(client), { ...waited, left });
      return { result, driven: false, hint: undefined };
    } finally {
      await client.close();
    }
  }
  makeFolderOf(database);
  const engine = connect(system, { ...options, db: database, logger: ioLogger(io, 'warn') });
  try {
    const result = await ask(engine);
    const driven = engine.role === 'owner';
    if (driven) await engine.idle();
    const id = typeof run === 'function' ? run(result) : run;
    const view = driven && id !== undefined ? engine.status(id) : undefined;
    return { result, driven, hint: view === undefined ? undefined : goesOn(opened, view) };
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
  opened: OpenedSystem,
  id: string,
  machine: string | undefined,
): Promise<string> {
  const { database, restate } = opened;
  if (restate !== undefined) {
    const client = await openClient(io, opened, restate);
    try {
      const query = machine === undefined ? {} : { machine };
      const same = (await client.instances({ ...query, id })).map(instanceRow);
      const all = same.length === 0 ? await client.instances({ ...query, limit: 1000 }) : [];
      return theOne(same, `the server of Restate at ${restate.admin}`, id, machine, () => all.map((one) => one.id))
        .machine;
    } finally {
      await client.close();
    }
  }
  if (!existsSync(database))
    throw new CliError('MR2014', `There is no instance '${id}': there is no database ${database} yet.`);
  return (await readStore(io, database, (tables, file) => find(tables, file, id, machine))).machine;
}
