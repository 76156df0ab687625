import type { Snapshot } from '../../machine/index.ts';
import type { Context } from '../context.ts';
import type { HistoryRow, InstanceRow, Tx } from '../../store/index.ts';
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
  const armed = row.armed && row.status === 'active' ? readArmed(tx, row) : undefined;
  const count = armed === undefined ? 0 : armed.timers.length + armed.work.length;
  const next = { ...row, armed: count > 0 };
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
    armed: count === 0 ? null : count > mostArmed ? tooMany : JSON.stringify(armed),
  });
  trim(context, tx, next, updated);
  return next;
}

/** How long something took, in ms with three decimals. */
export function elapsed(context: Context, began: number): number {
  return Math.round((context.stopwatch() - began) * 1000) / 1000;
}
