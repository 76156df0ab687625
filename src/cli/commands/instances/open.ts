import { readConfig } from '../../../project/config/config.ts';
import { openReader, type Reader } from '../../../runtime/index.ts';
import { theDatabase } from '../../kit/database.ts';
import type { Io } from '../../kit/io.ts';

/** Reads a database by the runtime's own reader, beside whoever drives it. */
export async function withReader<T>(
  io: Io,
  db: string | undefined,
  read: (reader: Reader, file: string) => T,
): Promise<T> {
  const file = theDatabase(io, await readConfig(io.cwd), db);
  const reader = openReader(file);
  try {
    return read(reader, file);
  } finally {
    reader.close();
  }
}
