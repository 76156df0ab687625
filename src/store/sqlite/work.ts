import type { DatabaseSync } from 'node:sqlite';
import type { WorkRow, WorkStatus } from '../rows.ts';
import type { WorkTable } from '../store.ts';
import { command, query } from './statements.ts';

const columns =
  'id, run, path, task, status, priority, request, attempt, lost, max_lost, worker, token, until, result, history, created, updated';
const read = columns.replace('max_lost', 'max_lost AS maxLost');

/** Work that several processes share. */
export function workTable(db: DatabaseSync): WorkTable {
  const get = query<WorkRow>(db, `SELECT ${read} FROM work WHERE id = ?`);
  const insert = command(db, `INSERT INTO work (${columns}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`);
  const put = command(
    db,
    `UPDATE work SET status = ?, priority = ?, lost = ?, worker = ?, token = ?, until = ?, result = ?, history = ?,
     updated = ? WHERE id = ?`,
  );
  const remove = command(db, 'DELETE FROM work WHERE id = ?');
  const ready = (tasks: boolean, suspect: boolean) =>
    query<WorkRow>(
      db,
      `SELECT ${read} FROM work WHERE status = 'pending' ${tasks ? 'AND task IN (SELECT value FROM json_each(?))' : ''}
       AND ${suspect ? '' : 'NOT'} (lost > 0 AND lost + 1 >= max_lost) ${suspect ? 'AND lost > 0' : ''}
       ORDER BY priority DESC, created, id LIMIT ?`,
    );
  const readyOf = { all: [ready(false, false), ready(false, true)], some: [ready(true, false), ready(true, true)] };
  const expired = query<WorkRow>(db, `SELECT ${read} FROM work WHERE status = 'in_progress' AND until <= ?`);
  const held = query<WorkRow>(
    db,
    `SELECT ${read} FROM work WHERE status = 'in_progress' AND worker = ? ORDER BY created, id`,
  );
  const holders = query<{ worker: string }>(
    db,
    `SELECT DISTINCT worker FROM work WHERE status = 'in_progress' ORDER BY worker`,
  );
  const over = query<WorkRow>(
    db,
    `SELECT ${read} FROM work WHERE status IN ('completed', 'failed', 'expired') ORDER BY updated, id`,
  );
  const lost = query<WorkRow>(db, `SELECT ${read} FROM work WHERE lost > 0 ORDER BY updated, id`);
  const places = query<Pick<WorkRow, 'id' | 'run' | 'path'>>(db, 'SELECT id, run, path FROM work ORDER BY id');
  const count = query<{ status: WorkStatus; n: number }>(db, 'SELECT status, count(*) AS n FROM work GROUP BY status');
  const token = query<{ value: string }>(
    db,
    `INSERT INTO meta (name, value) VALUES ('work.token', '1')
     ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value`,
  );
  return {
    get: (id) => get.get(id),
    insert: (r) =>
      void insert(
        r.id,
        r.run,
        r.path,
        r.task,
        r.status,
        r.priority,
        r.request,
        r.attempt,
        r.lost,
        r.maxLost,
        r.worker,
        r.token,
        r.until,
        r.result,
        r.history,
        r.created,
        r.updated,
      ),
    put: (r) =>
      void put(r.status, r.priority, r.lost, r.worker, r.token, r.until, r.result, r.history, r.updated, r.id),
    remove: (id) => void remove(id),
    ready: ({ tasks, limit, suspect }) => {
      const which = suspect ? 1 : 0;
      return tasks === undefined
        ? (readyOf.all[which]?.all(limit) ?? [])
        : (readyOf.some[which]?.all(JSON.stringify(tasks), limit) ?? []);
    },
    expired: (now) => expired.all(now),
    heldBy: (worker) => held.all(worker),
    holders: () => holders.all().map(({ worker }) => worker),
    over: () => over.all(),
    lost: () => lost.all(),
    places: () => places.all(),
    count: () => Object.fromEntries(count.all().map(({ status, n }) => [status, n])),
    nextToken: () => Number(token.get()?.value),
  };
}
