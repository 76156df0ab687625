import type { Io } from '../../kit/io.ts';
import { openSystem } from '../../systems/bound.ts';
import { drive, machineOf } from './drive.ts';

/** The options of `dsl instances remove`. */
export interface RemoveArguments {
  readonly force?: boolean;
  readonly machine?: string;
  readonly db?: string;
  readonly engine?: string;
}

/** Removes an instance with its history. */
export async function remove(io: Io, file: string, id: string, options: RemoveArguments): Promise<number> {
  const opened = await openSystem(io, file, options.db, options.engine);
  if (opened === undefined) return 1;
  const machine = await machineOf(io, opened, id, options.machine);
  const { driven } = await drive(io, opened, (engine) =>
    engine.removeInstance(machine, id, { force: options.force ?? false }),
  );
  if (io.json) io.document({ machine, id, removed: true, driven });
  else io.out(`${io.paint('bold', machine)} ${id} is removed.`);
  return 0;
}
