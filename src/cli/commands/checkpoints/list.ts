import { checkpointsOf } from '../../../runtime/checkpoints/checkpoints.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { readConfig } from '../../../project/config/config.ts';
import type { Io } from '../../kit/io.ts';
import { readStore, time } from '../../kit/read-store.ts';
import { table } from '../../kit/table.ts';
import { onRestate } from '../../systems/engine.ts';
import { readRestate } from '../../systems/on-restate.ts';

/** The options of `dsl checkpoints list`. */
export interface ListOptions {
  readonly db?: string;
  readonly engine?: string;
  readonly system?: string;
  readonly task?: string;
  readonly flow?: string;
  readonly limit: number;
}

/** Prints the committed steps of a run, or of all. */
export async function listCheckpoints(io: Io, run: string | undefined, options: ListOptions): Promise<number> {
  const { db, task, flow, limit } = options;
  const query = {
    limit,
    ...(run === undefined ? {} : { run }),
    ...(task === undefined ? {} : { task }),
    ...(flow === undefined ? {} : { flow }),
  };
  const noRun = (where: string): CliError =>
    new CliError('MR2013', `There is no run '${run}' in ${where}.`, { hint: '`dsl runs list` shows what there is.' });
  const restate = onRestate(io, await readConfig(io.cwd), options);
  const found =
    restate === undefined
      ? await readStore(io, db, (tables, file) => {
          if (run !== undefined && tables.runs.get(run) === undefined) throw noRun(file);
          return checkpointsOf(tables, query);
        })
      : await readRestate(io, restate, options.system, async (reader, where) => {
          if (run !== undefined && (await reader.status(run)) === undefined) throw noRun(where);
          return await reader.checkpoints(query);
        });
  if (io.json) {
    const checkpoints = found.map(({ runId, at, ...facts }) => ({ run: runId, at: time(at), ...facts }));
    io.document({ checkpoints });
  } else if (found.length === 0) io.note('No checkpoint matches.');
  else {
    const lines = found.map(({ runId, seq, path, target = '', attempt, at, status, counts }) => [
      ...(run === undefined ? [runId] : []),
      String(seq),
      path,
      target,
      attempt === 0 ? '' : String(attempt),
      time(at),
      counts ? status : io.paint('dim', `${status}, taken back`),
    ]);
    const heads = [...(run === undefined ? ['RUN'] : []), 'AT', 'STEP', 'OF', 'TRY', 'TIME', 'STATUS'];
    io.out(table([heads.map((head) => io.paint('dim', head)), ...lines]));
  }
  return 0;
}
