import type { Io } from '../../kit/io.ts';
import { openSystem } from '../../systems/bound.ts';
import { drive, machineOf } from './drive.ts';

/** The options of `dsl instances rollback`. */
export interface RollbackArguments {
  readonly to?: number;
  readonly fromFinal?: boolean;
  readonly machine?: string;
  readonly db?: string;
  readonly engine?: string;
}

/** Puts an instance back. */
export async function rollback(io: Io, file: string, id: string, options: RollbackArguments): Promise<number> {
  const opened = await openSystem(io, file, options.db, options.engine);
  if (opened === undefined) return 1;
  const machine = await machineOf(io, opened, id, options.machine);
  const { result, driven } = await drive(io, opened, (engine) =>
    engine.rollback(machine, id, {
      ...(options.to === undefined ? {} : { to: options.to }),
      ...(options.fromFinal === undefined ? {} : { fromFinal: options.fromFinal }),
    }),
  );
  if (io.json) io.document({ ...result, driven });
  else
    io.out(
      `${io.paint('bold', machine)} ${id} is back at entry ${result.to}: ${io.paint('cyan', result.state.join(' + '))}`,
    );
  return 0;
}
