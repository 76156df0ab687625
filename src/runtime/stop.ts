import { toErrorRecord } from '../core/index.ts';
import type { RunRow, RunStatus, Tx } from '../store/index.ts';
import type { Stop } from './context.ts';
import { RunError } from '../engine/index.ts';
import { stopOf, unpause, type Desk } from './pause.ts';
import { isParked } from './workers/lost.ts';

const final: ReadonlySet<RunStatus> = new Set(['completed', 'failed', 'cancelled']);

/** Has a run of this status ended? */
export function isFinal(status: RunStatus): boolean {
  return final.has(status);
}

/**
 * Would a run that is stopped leave what it did as it is? So it is where its code does not fit, or where it was parked while it
 * undid. One that was parked before that has the code for it.
 */
export function isStuck(tx: Tx, { id, status, error }: Pick<RunRow, 'id' | 'status' | 'error'>): boolean {
  return status === 'blocked' && !(isParked(error) && stopOf(tx, id) === undefined);
}

/** Is a run paused? One whose memory is held need not be: see `Still`. */
export function isPaused(tx: Tx, run: string): boolean {
  return tx.runs.get(run)?.status === 'paused';
}

/** Writes that a run must stop, unless it has ended or stops for another reason; says whether it ends for this one. */
export function stopRun(desk: Desk, tx: Tx, run: string, stop: Stop): boolean {
  const row = tx.runs.get(run);
  const live = desk.runs.get(run);
  if (row === undefined || isFinal(row.status) || live?.ending === true) return false;
  if (isStuck(tx, row)) {
    // Its code and its journal do not fit: what it did cannot be undone, only left as it is.
    desk.end(tx, run, {
      status: 'cancelled',
      output: undefined,
      error: toErrorRecord(
        new RunError(
          'MR3203',
          `${stop.error.message} It was blocked: nothing ${stopOf(tx, run) === undefined ? '' : 'more '}was undone.`,
        ),
      ),
      errors: row.errors,
    });
    // Its code is not there to do it.
    for (const child of tx.runs.list({ parent: run }))
      if (child.ended === null) desk.stop(tx, child.id, { reason: 'cancel', error: stop.error });
    return true;
  }
  if (row.status === 'blocked') {
    // What is left of it in memory counts no line of the journal any more.
    if (live?.dead === true) desk.runs.delete(run);
    tx.runs.put({ ...row, status: 'running', error: null });
  }
  // Already on its way to an end, which is this one or another.
  // The line may be one of this batch, which nobody has learned of.
  const stopping = live?.stopping ?? stopOf(tx, run);
  if (row.status === 'paused' && stop.reason === 'cancel') unpause(desk, tx, row);
  if (stopping !== undefined) return stopping.reason === stop.reason;
  desk.record(tx, run, {
    kind: 'stopping',
    path: '',
    name: null,
    attempt: 0,
    place: null,
    data: JSON.stringify(stop),
  });
  return true;
}
