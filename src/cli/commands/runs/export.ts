import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { snapshotOf } from '../../../runtime/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { withReader } from '../instances/open.ts';

interface Options {
  readonly out?: string;
  readonly db?: string;
}

/** Prints all that is known of a run, or writes it to a file of its own. */
export async function exportRun(io: Io, id: string, options: Options): Promise<number> {
  const snapshot = await withReader(io, options.db, (reader) => snapshotOf(reader, id));
  if (snapshot === undefined)
    throw new CliError('MR2013', `There is no run '${id}'.`, { hint: '`dsl runs list` shows what there is.' });
  if (options.out === undefined) {
    io.document(snapshot.document);
    return 0;
  }
  const folder = resolve(io.cwd, options.out);
  const file = join(folder, snapshot.fileName);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(snapshot.document, null, 2)}\n`);
  if (io.json) io.document({ run: id, file });
  else io.out(relative(io.cwd, file));
  return 0;
}
