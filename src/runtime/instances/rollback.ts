import {
  EventError,
  checkFits,
  hasEnded,
  noEntry,
  noInstance,
  nothingBefore,
  tooManyTimers,
} from '../../engine/index.ts';
import type { HistoryRow, InstanceRow, Tx } from '../../store/index.ts';
import type { Armed } from './armed.ts';
import { dropAll } from './effects.ts';
import { elapsed, store, tooMany } from './history.ts';
import type { Instances } from './instances.ts';
import { rearm } from './rearm.ts';
import { snapshotAt, snapshotOf } from './snapshot.ts';

/** Which instance goes back, and to which entry of its history. */
export interface RollbackAsks {
  readonly machine: string;
  readonly id: string;
  /** The `sequence` of the entry. Default: the one before, which takes the last event back. */
  readonly to?: number;
  /** Also when the instance has ended. */
  readonly fromFinal?: boolean;
}

/** Where a rollback has led. */
export interface RollbackGives {
  readonly machine: string;
  readonly id: string;
  /** The entry that the rollback itself made. */
  readonly sequence: number;
  /** The entry to which it went back. */
  readonly to: number;
  readonly state: readonly string[];
}

/**
 * Puts an instance where it stood after an earlier entry of its history: states, context, what history states remember,
 * the timers with the time that they had left, and the work, which begins anew. What it has now is taken back or stopped.
 *
 * @throws EventError MR3304, MR3306; MR3351 it has ended; MR3352 nothing lies before; MR3353 no such entry; MR3350 the
 * machine has no such state any more; MR3359 the entry had too many timers; MR3503 it lies before a migration.
 */
export function rollback(instances: Instances, tx: Tx, asks: RollbackAsks): RollbackGives {
  const { machine: of, id, to, fromFinal = false } = asks;
  const name = { machine: of, id };
  const { context } = instances;
  const { module } = instances.machine(of);
  const row = tx.instances.get(of, id);
  if (row === undefined) throw noInstance(name);
  if (row.status !== 'active' && !fromFinal) throw hasEnded(name, row.status);
  const entry = to === undefined ? entryBefore(tx, row) : entryAt(tx, row, to);
  checkMigrated(tx, row, entry);
  const snapshot = snapshotAt(entry);
  checkFits(module, name, snapshot);
  if (entry.armed === tooMany) throw tooManyTimers(name, entry.seq);
  return instances.whole(tx, () => {
    const began = context.stopwatch();
    const now = context.clock.now();
    const before = snapshotOf(row).state;
    dropAll(instances, tx, row);
    const next: InstanceRow = {
      ...row,
      status: snapshot.status,
      snapshot: JSON.stringify(snapshot),
      hash: module.hash,
      seq: row.seq + 1,
      armed: true,
      updated: now,
    };
    const armed = JSON.parse(entry.armed ?? '{"timers":[],"work":[]}') as Armed;
    // The time that was left then is left now.
    const timers = armed.timers.map((timer) => ({ ...timer, due: now + Math.max(0, timer.due - entry.at) }));
    const errors = next.status === 'active' ? rearm(instances, tx, next, { ...armed, timers }) : [];
    store(context, tx, next, snapshot, {
      kind: 'rollback',
      event: 'rollback',
      payload: JSON.stringify({ to: entry.seq }),
      before: JSON.stringify(before),
      context: entry.context,
      errors: errors.length === 0 ? null : JSON.stringify(errors),
      took: elapsed(context, began),
    });
    instances.changed(name, 'rollback', before, snapshot.state);
    return { ...name, sequence: next.seq, to: entry.seq, state: snapshot.state };
  });
}

/** What an instance was before a migration is written in the names and the shapes of another version. */
function checkMigrated(tx: Tx, { machine, id, migrated }: InstanceRow, { seq }: HistoryRow): void {
  if (migrated === null || seq >= migrated) return;
  const payload = tx.instances.entry(machine, id, migrated)?.payload ?? '{}';
  const { to } = JSON.parse(payload) as { readonly to?: string };
  throw new EventError(
    'MR3503',
    `Instance '${id}' of machine '${machine}' was migrated${to === undefined ? '' : ` to version ${to}`} at entry ${migrated}, and cannot go back to entry ${seq}, before that. Choose an entry from ${migrated} on.`,
    { details: { machine, id, entry: seq, migrated } },
  );
}

function entryAt(tx: Tx, row: InstanceRow, seq: number): HistoryRow {
  const entry = Number.isSafeInteger(seq) ? tx.instances.entry(row.machine, row.id, seq) : undefined;
  if (entry !== undefined) return entry;
  throw missing(tx, row, `has no entry ${String(seq)}`);
}

/** What the instance was before its last event: going back twice goes back two events. */
function entryBefore(tx: Tx, row: InstanceRow): HistoryRow {
  let at = row.seq;
  for (let entry = tx.instances.entry(row.machine, row.id, at); entry?.kind === 'rollback';) {
    at = (JSON.parse(entry.payload ?? '') as { readonly to: number }).to;
    entry = tx.instances.entry(row.machine, row.id, at);
  }
  const [before] = tx.instances.history(row.machine, row.id, { before: at, limit: 1 });
  if (before !== undefined) return before;
  if ((tx.instances.oldest(row.machine, row.id)?.seq ?? 1) > 1) throw missing(tx, row, `has none before ${at}`);
  throw nothingBefore(row);
}

function missing(tx: Tx, row: InstanceRow, what: string): EventError {
  return noEntry(row, what, tx.instances.oldest(row.machine, row.id)?.seq ?? row.seq, row.seq);
}
