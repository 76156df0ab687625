import type { DatabaseSync } from 'node:sqlite';
import type { LedgerRow, LedgerUse, ProgressRow } from '../rows.ts';
import type { BlobTable, LedgerTable, ProgressTable } from '../store.ts';
import { command, query, where } from './statements.ts';

const columns =
  'scope, key, request, status, owner, until, result, blob, run, path, task, name, executions, replays, created, expires';

/** What was done under a key. */
export function ledgerTable(db: DatabaseSync): LedgerTable {
  const get = query<LedgerRow>(db, `SELECT ${columns} FROM ledger WHERE scope = ? AND key = ?`);
  const put = command(
    db,
    `INSERT OR REPLACE INTO ledger (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const replayed = command(db, 'UPDATE ledger SET replays = replays + 1 WHERE scope = ? AND key = ?');
  const remove = command(db, 'DELETE FROM ledger WHERE scope = ? AND key = ?');
  const drop = command(
    db,
    `UPDATE ledger SET status = 'dropped'
     WHERE run = ?1 AND scope = 'tool' AND (
       ?2 IN ('', path) OR (substr(path, 1, length(?2)) = ?2 AND substr(path, length(?2) + 1, 1) IN ('/', '['))
     )`,
  );
  const of = query<LedgerRow>(db, `SELECT ${columns} FROM ledger WHERE run = ? ORDER BY created, key`);
  const removeAll = command(db, 'DELETE FROM ledger WHERE run = ?');
  const expired = query<{ n: number }>(db, 'SELECT count(*) AS n FROM ledger WHERE expires <= ?');
  const expire = command(db, 'DELETE FROM ledger WHERE expires <= ?');
  return {
    get: (scope, key) => get.get(scope, key),
    put: (r) =>
      void put(
        r.scope,
        r.key,
        r.request,
        r.status,
        r.owner,
        r.until,
        r.result,
        r.blob,
        r.run,
        r.path,
        r.task,
        r.name,
        r.executions,
        r.replays,
        r.created,
        r.expires,
      ),
    replayed: (scope, key) => void replayed(scope, key),
    remove: (scope, key) => void remove(scope, key),
    drop: (run, path) => void drop(run, path),
    of: (run) => of.all(run),
    removeAll: (run) => void removeAll(run),
    expire: (now) => {
      const n = expired.get(now)?.n ?? 0;
      if (n > 0) expire(now);
      return n;
    },
    uses: (task) => {
      const { sql, values } = where([
        ['scope = ?', 'tool'],
        ['task = ?', task],
      ]);
      return query<LedgerUse>(
        db,
        `SELECT task, sum(executions) AS executions, sum(replays) AS replays FROM ledger ${sql} AND task IS NOT NULL GROUP BY task ORDER BY task`,
      ).all(...values);
    },
  };
}

/** Large texts by their hash. */
export function blobTable(db: DatabaseSync): BlobTable {
  const get = query<{ text: string }>(db, 'SELECT text FROM blobs WHERE hash = ?');
  const put = command(db, 'INSERT OR IGNORE INTO blobs (hash, text) VALUES (?, ?)');
  const unused = 'hash NOT IN (SELECT blob FROM ledger WHERE blob IS NOT NULL)';
  const count = query<{ n: number }>(db, `SELECT count(*) AS n FROM blobs WHERE ${unused}`);
  const sweep = command(db, `DELETE FROM blobs WHERE ${unused}`);
  return {
    get: (hash) => get.get(hash)?.text,
    put: (hash, text) => void put(hash, text),
    sweep: () => {
      const n = count.get()?.n ?? 0;
      if (n > 0) sweep();
      return n;
    },
  };
}

/** How far steps have come within themselves. */
export function progressTable(db: DatabaseSync): ProgressTable {
  const get = query<ProgressRow>(db, 'SELECT run, path, state, at FROM progress WHERE run = ? AND path = ?');
  const put = command(db, 'INSERT OR REPLACE INTO progress (run, path, state, at) VALUES (?, ?, ?, ?)');
  const remove = command(db, 'DELETE FROM progress WHERE run = ? AND path = ?');
  const removeAll = command(db, 'DELETE FROM progress WHERE run = ?');
  return {
    get: (run, path) => get.get(run, path),
    put: (r) => void put(r.run, r.path, r.state, r.at),
    remove: (run, path) => void remove(run, path),
    removeAll: (run) => void removeAll(run),
  };
}
