import { MillraceError } from '../../core/index.ts';
import type { WorkRow } from '../rows.ts';
import type { WorkTable } from '../store.ts';
import { isSuspect } from '../work.ts';
import { sorted, Table, type Log } from './table.ts';

const final: ReadonlySet<WorkRow['status']> = new Set(['completed', 'failed', 'expired']);

/** Work that several processes share; in memory there is one. */
export function workTable(log: Log): WorkTable {
  const table = new Table<WorkRow>(log);
  const tokens = new Table<number>(log);
  const held = (): WorkRow[] => table.filter(({ status }) => status === 'in_progress');
  const byChange = (rows: readonly WorkRow[]): WorkRow[] =>
    sorted(
      rows,
      (row) => row.updated,
      (row) => row.id,
    );
  return {
    get: (id) => table.get(id),
    insert: (row) => table.insert([row.id], row),
    put: (row) => {
      const before = table.get(row.id);
      if (before === undefined) return;
      if (final.has(before.status)) {
        throw new MillraceError(`The work '${row.id}' is over. This is a bug of Millrace; please report it.`, {
          code: 'MR3012',
          retryable: false,
          fault: 'internal',
        });
      }
      table.put([row.id], row);
    },
    remove: (id) => table.remove([id]),
    ready: ({ tasks, limit, suspect }) =>
      sorted(
        table.filter(
          (row) =>
            row.status === 'pending' && (tasks === undefined || tasks.includes(row.task)) && isSuspect(row) === suspect,
        ),
        (row) => -row.priority,
        (row) => row.created,
        (row) => row.id,
      ).slice(0, limit),
    expired: (now) => held().filter(({ until }) => until !== null && until <= now),
    heldBy: (worker) =>
      sorted(
        held().filter((row) => row.worker === worker),
        (row) => row.created,
        (row) => row.id,
      ),
    holders: () => [...new Set(held().map(({ worker }) => worker ?? ''))].sort(),
    over: () => byChange(table.filter(({ status }) => final.has(status))),
    lost: () => byChange(table.filter((row) => row.lost > 0)),
    places: () => sorted(table.rows(), ({ id }) => id).map(({ id, run, path }) => ({ id, run, path })),
    count: () => {
      const count: Partial<Record<WorkRow['status'], number>> = {};
      for (const { status } of table.rows()) count[status] = (count[status] ?? 0) + 1;
      return count;
    },
    nextToken: () => {
      const next = (tokens.get('token') ?? 0) + 1;
      tokens.put(['token'], next);
      return next;
    },
  };
}
