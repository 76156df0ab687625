import { MillraceError, type Duration } from '../../core/index.ts';
import type { Tables } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { runLimit, type RunLimit } from './limits.ts';
import { pruneRuns, type PruneCursor, type Pruned } from './prune-runs.ts';

/** Which ended runs are let go of: those beyond any of the limits, the oldest first. */
export interface PruneOptions {
  /** So many stay. */
  readonly keep?: number | undefined;
  /** Those that ended longer ago go. */
  readonly maxAge?: Duration | undefined;
  /** While the database has more bytes in use: a number, or such as `500mb`. */
  readonly maxSize?: number | string | undefined;
  /** Only says what would go. */
  readonly dryRun?: boolean | undefined;
}

export interface PruneAsks extends PruneOptions {
  readonly after?: PruneCursor | undefined;
}

/** What was let go of, or would be. */
export interface PruneReport {
  /** Each followed by those that it began. */
  readonly runs: readonly string[];
  /** The lines of their journals, and the bytes that they take in the file, about. */
  readonly lines: number;
  readonly bytes: number;
}

/** @throws MillraceError MR3520 for what is no limit, or none at all. */
function limits({ keep, maxAge, maxSize }: PruneOptions): RunLimit {
  if (keep === undefined && maxAge === undefined && maxSize === undefined) {
    throw new MillraceError('Say which runs are to go: keep, maxAge or maxSize.', {
      code: 'MR3520',
      retryable: false,
      fault: 'input',
    });
  }
  return runLimit({
    ...(keep === undefined ? {} : { keep }),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(maxSize === undefined ? {} : { maxSize }),
  });
}

/** One batch of a prune. */
export function prune({ store, clock, bus, writer }: Context, tx: Tables, asks: PruneAsks): Pruned {
  const pruned = batchOf(store, tx, asks, clock.now());
  if (asks.dryRun !== true && pruned.runs.length > 0) {
    writer.afterCommit(() => {
      if (bus.heard) bus.tell({ type: 'runs.pruned', runs: pruned.runs.length });
    });
  }
  return pruned;
}

/** The same without an engine. */
export function batchOf(store: Context['store'], tx: Tables, asks: PruneAsks, now: number): Pruned {
  const { after, dryRun = false } = asks;
  return pruneRuns(store, tx, limits(asks), { now, dryRun, ...(after === undefined ? {} : { after }) });
}

/** Asks for one batch after the other. */
export async function pruneAll(
  options: PruneOptions,
  ask: (asks: PruneAsks) => Pruned | Promise<Pruned>,
): Promise<PruneReport> {
  const runs: string[] = [];
  let [lines, bytes] = [0, 0];
  let after: PruneCursor | undefined;
  do {
    const batch: Pruned = await ask({ ...options, after });
    runs.push(...batch.runs);
    lines += batch.lines;
    bytes += batch.bytes;
    after = batch.next;
  } while (after !== undefined);
  return { runs, lines, bytes };
}
