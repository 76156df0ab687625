import { checkpointsOf } from '../../../runtime/checkpoints/checkpoints.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { readStore, time } from '../../kit/read-store.ts';
import { table } from '../../kit/table.ts';

/** The options of `dsl checkpoints list`. */
export interface ListOptions {
  readonly db?: string;
  readonly task?: string;
  readonly flow?: string;
  readonly limit: number;
}

/** Prints the committed steps of a run, or of all. */
export async function listCheckpoints(io: Io, run: string | undefined, options: ListOptions): Promise<number> {
  const { db, task, flow, limit } = options;
  const found = await readStore(io, db, (tables, file) => {
    if (run !== undefined && tables.runs.get(run) === undefined)
      throw new CliError('MR2013', `There is no run '${run}' in ${file}.`, {
        hint: '`dsl runs list` shows what there is.',
      });
    return checkpointsOf(tables, {
      limit,
      ...(run === undefined ? {} : { run }),
      ...(task === undefined ? {} : { task }),
      ...(flow === undefined ? {} : { flow }),
    });
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
