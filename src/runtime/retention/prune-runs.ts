import type { EndedRun, RunRow, Store, Tables } from '../../store/index.ts';
import type { RunLimit } from './limits.ts';

/** Where a look through the ended runs goes on. */
export interface PruneCursor extends EndedRun {
  /** How many more may go because there are too many. */
  readonly left: number;
  /** How many bytes would have gone up to here, when nothing is removed. */
  readonly freed: number;
}

/** What a batch has removed, or would have. */
export interface Pruned {
  /** The runs that go, each followed by those that it began. */
  readonly runs: readonly string[];
  readonly lines: number;
  /** What they take in the file, about. */
  readonly bytes: number;
  /** There may be more. */
  readonly next: PruneCursor | undefined;
}

/** So many runs are looked at in one transaction, and runs with so many lines are removed; one run at least. */
const atOnce = { runs: 50, lines: 2000 } as const;

/**
 * Removes the oldest ended runs that are beyond the limits, each with all that it began. One that is in use in any way
 * stays: where a run below it has not ended, or works for a machine instance that waits for it.
 */
export function pruneRuns(
  { space }: Pick<Store, 'space'>,
  tx: Tables,
  limits: RunLimit,
  { now, after, dryRun = false }: { readonly now: number; readonly after?: PruneCursor; readonly dryRun?: boolean },
): Pruned {
  const { keep, maxAge, maxSize } = limits;
  let left = after?.left ?? (keep === undefined ? 0 : Math.max(0, tx.runs.endedCount() - keep));
  let used = maxSize === undefined ? 0 : space().used - (dryRun ? (after?.freed ?? 0) : 0);
  let freed = after?.freed ?? 0;
  const runs: string[] = [];
  let lines = 0;
  let removed = 0;
  let last: EndedRun = after ?? { ended: Number.MIN_SAFE_INTEGER, id: '' };
  const page = tx.runs.ended(last, atOnce.runs);
  let more = page.length === atOnce.runs;
  for (const root of page) {
    const isOld = maxAge !== undefined && root.ended < now - maxAge;
    if (left <= 0 && !isOld && (maxSize === undefined || used <= maxSize)) {
      more = false;
      break;
    }
    const tree = treeOf(tx, root.id);
    const sizes = tree.map(({ id }) => tx.journal.size(id));
    const treeLines = sizes.reduce((sum, size) => sum + size.lines, 0);
    if (lines > 0 && lines + treeLines > atOnce.lines) {
      more = true;
      break;
    }
    last = root;
    left--;
    if (tree.some(({ ended, ref }) => ended === null || ref !== null)) continue;
    const treeBytes =
      sizes.reduce((sum, size) => sum + size.bytes + size.lines * perLine, 0) +
      tree.reduce((sum, row) => sum + bytesOf(row), 0);
    freed += treeBytes;
    removed += treeBytes;
    lines += treeLines;
    for (const { id } of tree) {
      runs.push(id);
      if (!dryRun) remove(tx, id);
    }
    // Pages are used in part: only the file itself knows what became free.
    if (maxSize !== undefined) used = dryRun ? used - treeBytes : space().used;
  }
  const next = more ? { id: last.id, ended: last.ended, left: Math.max(0, left), freed } : undefined;
  return { runs, lines, bytes: removed, next };
}

/** What a row takes besides its texts, about. */
const perLine = 60;

function bytesOf({ id, input, output, error, errors, metadata }: RunRow): number {
  const texts = [id, id, id, input, output, error, errors, metadata];
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 4 * perLine);
}

/** A run and all that it began, in whatever depth. */
function treeOf(tx: Tables, id: string): RunRow[] {
  const row = tx.runs.get(id);
  if (row === undefined) return [];
  return [row, ...tx.runs.list({ parent: id }).flatMap((child) => treeOf(tx, child.id))];
}

/** A run leaves nothing behind, the key under which it was started included: it may be started anew. */
function remove(tx: Tables, id: string): void {
  tx.journal.removeAll(id);
  tx.timers.removeAll(id);
  tx.waits.removeAll(id);
  tx.events.forget(id);
  tx.progress.removeAll(id);
  tx.usage.removeAll(id);
  tx.notes.removeAll(id);
  tx.budgets.remove(`run ${id}`);
  // What was kept by key or for other runs has times of its own.
  for (const { scope, key } of tx.ledger.of(id)) if (scope === 'tool') tx.ledger.remove(scope, key);
  tx.idempotency.forget('start', JSON.stringify({ runId: id }));
  tx.runs.remove(id);
}
