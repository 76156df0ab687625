import { milliseconds } from '../../../core/index.ts';
import { pruneDatabase } from '../../../runtime/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import { theDatabase } from '../../kit/database.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { onlyEmbedded } from '../../systems/engine.ts';

/** The options of `dsl runs prune`. */
export interface PruneOptions {
  readonly keep?: number;
  readonly olderThan?: string;
  readonly maxSize?: string;
  readonly dryRun?: boolean;
  readonly vacuum?: boolean;
  readonly db?: string;
  readonly engine?: string;
}

/** Lets go of ended runs, or says which ones that would be. */
export async function pruneRuns(io: Io, options: PruneOptions): Promise<number> {
  const { keep, olderThan, maxSize, dryRun = false, vacuum = false } = options;
  if (keep === undefined && olderThan === undefined && maxSize === undefined) {
    throw new CliError('MR2003', 'Say which runs are to go.', {
      hint: 'Such as --older-than 30d, --keep 1000 or --max-size 500mb; --dry-run only tells.',
    });
  }
  // Refused before anything is opened.
  if (olderThan !== undefined) milliseconds(olderThan);
  const config = await readConfig(io.cwd);
  onlyEmbedded(io, config, options, {
    code: 'MR5230',
    says: 'runs that have ended go by themselves, after a time',
    hint: 'Say how long in `retention.runs.maxAge` of the system; a single one can be purged in the UI of Restate.',
  });
  const file = theDatabase(io, config, options.db);
  const done = await pruneDatabase(file, { keep, maxAge: olderThan as `${number}d`, maxSize, dryRun, vacuum });
  const { runs, lines, bytes, space, notShrunk } = done;
  if (io.json) {
    io.document({
      runs,
      lines,
      bytes,
      space,
      dryRun,
      ...(vacuum ? { shrunk: !dryRun && notShrunk === undefined } : {}),
    });
    return 0;
  }
  for (const id of runs) io.out(id);
  const what = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'} with ${lines} lines (about ${size(bytes)})`;
  io.note(
    `${what} ${dryRun ? 'would go' : 'gone'}; the database has ${size(space.used)} in use, ${size(space.free)} free`,
  );
  if (notShrunk !== undefined) io.note(`The file was not made smaller: ${notShrunk}`);
  return 0;
}

function size(bytes: number): string {
  return bytes < 1e4 ? `${bytes} B` : bytes < 1e7 ? `${Math.round(bytes / 1e3)} kB` : `${Math.round(bytes / 1e6)} MB`;
}
