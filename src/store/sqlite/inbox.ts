import type { DatabaseSync } from 'node:sqlite';
import type { IdempotencyRow, InboxRow, MigrationRow, OwnerRow } from '../rows.ts';
import type { IdempotencyTable, InboxTable, MetaTable, MigrationTable, OwnerTable } from '../store.ts';
import { command, query } from './statements.ts';

/** Requests of other processes. */
export function inboxTable(db: DatabaseSync): InboxTable {
  const insert = command(db, 'INSERT INTO inbox (kind, request, at) VALUES (?, ?, ?)');
  const get = query<InboxRow>(db, 'SELECT id, kind, request, at, answer FROM inbox WHERE id = ?');
  const pending = query<InboxRow>(
    db,
    'SELECT id, kind, request, at, answer FROM inbox WHERE answer IS NULL ORDER BY id',
  );
  const answer = command(db, 'UPDATE inbox SET answer = ? WHERE id = ?');
  const expired = query<{ n: number }>(db, 'SELECT count(*) AS n FROM inbox WHERE answer IS NOT NULL AND at < ?');
  const expire = command(db, 'DELETE FROM inbox WHERE answer IS NOT NULL AND at < ?');
  return {
    insert: (r) => insert(r.kind, r.request, r.at),
    get: (id) => get.get(id),
    pending: () => pending.all(),
    answer: (id, text) => void answer(text, id),
    expire: (before) => {
      const { n } = expired.get(before) ?? { n: 0 };
      if (n > 0) expire(before);
      return n;
    },
  };
}

/** What was asked for under a key. */
export function idempotencyTable(db: DatabaseSync): IdempotencyTable {
  const get = query<IdempotencyRow>(
    db,
    'SELECT scope, key, request, result, at FROM idempotency WHERE scope = ? AND key = ?',
  );
  const put = command(db, 'INSERT INTO idempotency (scope, key, request, result, at) VALUES (?, ?, ?, ?, ?)');
  const forget = command(db, 'DELETE FROM idempotency WHERE scope = ? AND result = ?');
  const expired = query<{ n: number }>(db, 'SELECT count(*) AS n FROM idempotency WHERE scope = ? AND at < ?');
  const expire = command(db, 'DELETE FROM idempotency WHERE scope = ? AND at < ?');
  return {
    get: (scope, key) => get.get(scope, key),
    put: (r) => void put(r.scope, r.key, r.request, r.result, r.at),
    forget: (scope, result) => void forget(scope, result),
    expire: (scope, before) => {
      const { n } = expired.get(scope, before) ?? { n: 0 };
      if (n > 0) expire(scope, before);
      return n;
    },
  };
}

/** What was migrated. */
export function migrationTable(db: DatabaseSync): MigrationTable {
  const columns = 'id, system, target, at, report';
  const get = query<MigrationRow>(db, `SELECT ${columns} FROM migrations WHERE id = ?`);
  const insert = command(db, `INSERT INTO migrations (${columns}) VALUES (?, ?, ?, ?, ?)`);
  const list = query<MigrationRow>(db, `SELECT ${columns} FROM migrations ORDER BY at DESC, id DESC`);
  return {
    get: (id) => get.get(id),
    insert: (r) => void insert(r.id, r.system, r.target, r.at, r.report),
    list: () => list.all(),
  };
}

/** Named values. */
export function metaTable(db: DatabaseSync): MetaTable {
  const get = query<{ value: string }>(db, 'SELECT value FROM meta WHERE name = ?');
  const set = command(db, 'INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
  return { get: (name) => get.get(name)?.value, set: (name, value) => void set(name, value) };
}

/** Who drives the file. */
export function ownerTable(db: DatabaseSync): OwnerTable {
  const get = query<OwnerRow>(db, 'SELECT owner, epoch, pid, host, started, beat FROM owner WHERE owner IS NOT NULL');
  const epoch = query<{ epoch: number }>(db, 'SELECT epoch FROM owner');
  const put = command(
    db,
    'INSERT OR REPLACE INTO owner (one, owner, epoch, pid, host, started, beat) VALUES (1, ?, ?, ?, ?, ?, ?)',
  );
  const release = command(db, 'UPDATE owner SET owner = NULL');
  return {
    get: () => get.get(),
    epoch: () => epoch.get()?.epoch ?? 0,
    put: (r) => void put(r.owner, r.epoch, r.pid, r.host, r.started, r.beat),
    release: () => void release(),
  };
}
