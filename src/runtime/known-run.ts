import type { RunRow, Tables } from '../store/index.ts';
import { RunError } from '../engine/index.ts';

/**
 * The run of this id.
 *
 * @throws RunError MR3208 when there is none.
 */
export function knownRun(tables: Pick<Tables, 'runs'>, id: string, details: object = {}): RunRow {
  const row = tables.runs.get(id);
  if (row === undefined) throw new RunError('MR3208', `There is no run '${id}'.`, { details: { run: id, ...details } });
  return row;
}
