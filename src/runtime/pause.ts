import type { RunRow, Tx } from '../store/index.ts';
import type { Context, Stop } from './context.ts';
import { RunError } from '../engine/index.ts';
import type { LiveRun } from './live-run.ts';
import { effective } from './rewind/rewound.ts';
import { knownRun } from './known-run.ts';

/** Which run rests, and what becomes of its attempts: `await` lets them end, `abort` begins them again after `resume`. */
export interface PauseAsks {
  readonly runId: string;
  readonly inFlight?: 'await' | 'abort' | undefined;
}

/** `runs`: those that this has changed, the run itself first, then the flows that it runs. */
export interface PauseGives {
  readonly runId: string;
  readonly status: 'paused' | 'running';
  readonly runs: readonly string[];
}

export interface Desk extends Context {
  readonly runs: Map<string, LiveRun>;
  /** Runs that this batch has changed while they were not in memory. */
  readonly touched: Set<string>;
}

/**
 * Pauses a run and the flows that it runs: durably with this transaction, so that only `resume` and `cancel` wake them.
 *
 * @throws RunError MR3208 unknown run, MR3250 it has ended, is about to end, or is blocked.
 */
export function pause(desk: Desk, tx: Tx, { runId, inFlight = 'await' }: PauseAsks): PauseGives {
  const row = knownRun(tx, runId);
  if (row.status !== 'paused' && (row.status === 'blocked' || !canRest(desk, tx, row))) {
    const why = row.ended !== null || row.status === 'blocked' ? `it is ${row.status}` : 'it is about to end';
    throw new RunError('MR3250', `Run '${runId}' cannot be paused: ${why}.`, {
      details: { run: runId, status: row.status },
    });
  }
  const runs: string[] = [];
  for (const each of treeOf(tx, row)) {
    if (!canRest(desk, tx, each)) continue;
    if (each.status !== 'paused') {
      tx.runs.status(each.id, 'paused', desk.clock.now());
      runs.push(each.id);
    }
    rest(desk, each, inFlight);
  }
  return { runId, status: 'paused', runs };
}

/**
 * Goes on with a paused run and the flows that it runs.
 *
 * @throws RunError MR3208 unknown run, MR3251 it is not paused.
 */
export function resume(desk: Desk, tx: Tx, { runId }: { readonly runId: string }): PauseGives {
  const row = knownRun(tx, runId);
  if (row.status !== 'paused') {
    throw new RunError('MR3251', `Run '${runId}' is not paused: it is ${row.status}.`, {
      details: { run: runId, status: row.status },
    });
  }
  const runs = treeOf(tx, row).filter(({ status }) => status === 'paused');
  for (const each of runs) unpause(desk, tx, each);
  return { runId, status: 'running', runs: runs.map(({ id }) => id) };
}

/** Lets one paused run go on after the commit. */
export function unpause(desk: Desk, tx: Tx, { id, target }: RunRow): void {
  tx.runs.status(id, 'running', desk.clock.now());
  desk.runs.get(id)?.release();
  desk.touched.add(id);
  desk.writer.afterCommit(() => {
    if (desk.bus.heard) desk.bus.tell({ type: 'run.resumed', runId: id, target });
    desk.load(id, false);
  });
}

function rest(desk: Desk, { id, target, status }: RunRow, inFlight: 'await' | 'abort'): void {
  desk.runs.get(id)?.hold();
  desk.touched.add(id);
  desk.writer.afterCommit(() => {
    if (status !== 'paused' && desk.bus.heard) desk.bus.tell({ type: 'run.paused', runId: id, target });
    const live = desk.runs.get(id);
    if (inFlight !== 'abort' || live === undefined) return;
    live.abandon();
    desk.runs.delete(id);
    // It may have been resumed in the same batch.
    desk.load(id, false);
  });
}

/** A run on its way to its end is let go there: its undos belong together. One that timed out while paused stays so. */
function canRest(desk: Desk, tx: Tx, row: RunRow): boolean {
  if (row.status === 'paused') return true;
  if (row.ended !== null) return false;
  const live = desk.runs.get(row.id);
  if (live !== undefined) return !live.ending && live.stopping === undefined;
  return stopOf(tx, row.id) === undefined;
}

/** Why a run that is not in memory is on its way to its end, if it is. The first reason counts. */
export function stopOf(tx: Tx, run: string): Stop | undefined {
  const line = effective(tx.journal.of(run)).find(({ kind }) => kind === 'stopping');
  return line === undefined ? undefined : (JSON.parse(line.data ?? '') as Stop);
}

/** A run and all that it runs, in whatever depth. */
function treeOf(tx: Tx, row: RunRow): RunRow[] {
  return [row, ...tx.runs.list({ parent: row.id }).flatMap((child) => treeOf(tx, child))];
}
