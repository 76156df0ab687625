import type { Io } from '../../kit/io.ts';
import { readStore } from '../../kit/read-store.ts';
import { find } from './find.ts';
import { withReader } from './open.ts';

interface Options {
  readonly db?: string;
  readonly machine?: string;
  readonly status?: 'active' | 'done' | 'stopped';
}

/** Prints the document of an instance, or of all. */
export async function exportInstances(io: Io, id: string | undefined, options: Options): Promise<number> {
  const { db, ...query } = options;
  if (id === undefined) {
    io.document(await withReader(io, db, (reader) => reader.exportInstances(query)));
    return 0;
  }
  const { machine } = await readStore(io, db, (tables, file) => find(tables, file, id, query.machine));
  io.document(await withReader(io, db, (reader) => reader.exportInstance(machine, id)));
  return 0;
}
