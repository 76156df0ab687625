import type { HistoryRow, InstanceRow } from '../../../store/index.ts';
import type { Io } from '../../kit/io.ts';
import { findInstance, type FindOptions } from './found.ts';
import { entry, entryTable } from './history.ts';
import { snapshotOf } from './list.ts';

/** Prints one instance with its history. */
export async function showInstance(io: Io, id: string, options: FindOptions): Promise<number> {
  const { row, facts, history: newest } = await findInstance(io, id, options, { limit: 1000 });
  const history = newest.toReversed();
  if (io.json) io.document({ ...facts, history: history.map(entry) });
  else print(io, row, history);
  return 0;
}

function print(io: Io, row: InstanceRow, history: readonly HistoryRow[]): void {
  const { state, context, output } = snapshotOf(row);
  io.out(`${io.paint('bold', row.machine)} ${row.id} ${io.paint('cyan', state.join(' + '))} (${row.status})`);
  io.out(`${io.paint('dim', 'context')} ${JSON.stringify(context)}`);
  if (output !== undefined) io.out(`${io.paint('dim', 'output ')} ${JSON.stringify(output)}`);
  if (history.length > 0) io.out(`\n${entryTable(io, history)}`);
}
