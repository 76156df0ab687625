import type { Snapshot } from '../../machine/index.ts';
import type { Context } from '../context.ts';
import type { HistoryRow, InstanceRow, Tx } from '../../store/index.ts';
import { machineTarget } from '../timers.ts';
import { readArmed } from './armed.ts';
import { trim } from './retention.ts';
import { moreOf } from './snapshot.ts';

/** How many timers and how much work an entry keeps: each entry keeps all that there is at its time. */
const mostArmed = 100;
/** Stands for more than that. */
export const tooMany = '"too many"';

type Entry = Pick<HistoryRow, 'event' | 'payload' | 'before' | 'context' | 'errors' | 'took'> &
  Partial<Pick<HistoryRow, 'kind'>>;

/**
 * Stores an instance as it is after a step, with the entry of its history, and drops what is beyond the limits. Whatever
 * the step has set in motion is in the database already.
 */
export function store(
  context: Context,
  tx: Tx,
  row: InstanceRow,
  snapshot: Snapshot<unknown>,
  entry: Entry,
): InstanceRow {
  const { machine, id, seq, updated } = row;
  const armed = armedText(tx, row);
  const next = { ...row, armed: armed !== null };
  tx.instances.put(next);
  tx.instances.append({
    machine,
    instance: id,
    seq,
    at: updated,
    kind: 'event',
    ...entry,
    after: JSON.stringify(snapshot.state),
    more: moreOf(snapshot),
    armed,
  });
  trim(context, tx, next, updated);
  return next;
}

/** What an entry keeps of the timers and the work; thousands of timers are not read for each of thousands of steps. */
export function armedText(tx: Tx, row: InstanceRow): string | null {
  if (!row.armed || row.status !== 'active') return null;
  if (tx.timers.upTo(mostArmed + 1, machineTarget(row.machine), row.id) > mostArmed) return tooMany;
  const armed = readArmed(tx, row);
  const count = armed.timers.length + armed.work.length;
  return count === 0 ? null : count > mostArmed ? tooMany : JSON.stringify(armed);
}

/** How long something took, in ms with three decimals. */
export function elapsed(context: Context, began: number): number {
  return Math.round((context.stopwatch() - began) * 1000) / 1000;
}
