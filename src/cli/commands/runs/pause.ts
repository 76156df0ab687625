import type { Io } from '../../kit/io.ts';
import { openSystem } from '../../systems/bound.ts';
import { drive } from '../instances/drive.ts';

/** The options of `dsl runs pause`. */
export interface PauseOptions {
  readonly abort?: boolean;
  readonly db?: string;
  readonly engine?: string;
}

/** Lets a run begin nothing more. */
export async function pauseRun(io: Io, file: string, run: string, options: PauseOptions): Promise<number> {
  const opened = await openSystem(io, file, options.db, options.engine);
  if (opened === undefined) return 1;
  const inFlight = options.abort === true ? 'abort' : 'await';
  const { result, driven, hint } = await drive(io, opened, (engine) => engine.pause(run, { inFlight }), run);
  const { status, runs } = result;
  if (io.json) io.document({ run, status, runs, driven });
  else io.out(runs.length === 0 ? `${run} was paused already` : `paused: ${runs.join(', ')}`);
  if (hint !== undefined) io.note(hint);
  return 0;
}

/** Goes on with a paused run. */
export async function resumeRun(
  io: Io,
  file: string,
  run: string,
  options: Pick<PauseOptions, 'db' | 'engine'>,
): Promise<number> {
  const opened = await openSystem(io, file, options.db, options.engine);
  if (opened === undefined) return 1;
  const { result, driven, hint } = await drive(
    io,
    opened,
    async (engine) => {
      const { runs } = await engine.resume(run);
      if (engine.role === 'owner') await engine.idle();
      return { runs, status: (await engine.status(run))?.status };
    },
    run,
  );
  if (io.json) io.document({ run, ...result, driven });
  else io.out(`resumed: ${result.runs.join(', ')}; ${run} is ${result.status}`);
  if (hint !== undefined) io.note(hint);
  return 0;
}
