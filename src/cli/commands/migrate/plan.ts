import type { Io } from '../../kit/io.ts';
import type { MigrateOptions } from './run.ts';

/** Scaffolds the step to the present source. */
export async function plan(io: Io, file: string, _options: MigrateOptions): Promise<number> {
  io.note(file);
  return await Promise.resolve(1);
}
