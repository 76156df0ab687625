import type { DatabaseSync } from 'node:sqlite';
import type { RunRow, RunStatus } from '../rows.ts';
import type { EndedRun, JournalTable, RunTable } from '../store.ts';
import type { JournalRow } from '../rows.ts';
import { command, query, where } from './statements.ts';

type Stored = Omit<RunRow, 'registered'> & { readonly registered: number };

const columns = `id, kind, target, hash, registered, status, input, output, error, errors, metadata,
  parent, parent_path AS parentPath, machine, instance, ref, since, version, renamed, priority, forked, created, updated, ended`;
const row = (stored: Stored): RunRow => ({ ...stored, registered: stored.registered === 1 });

// In the words of the partial index, which is used only then.
const underWay = `status NOT IN ('completed', 'failed', 'cancelled')`;
const isFinal: ReadonlySet<RunStatus> = new Set(['completed', 'failed', 'cancelled']);

/** Runs. */
export function runTable(db: DatabaseSync): RunTable {
  const get = query<Stored>(db, `SELECT ${columns} FROM runs WHERE id = ?`);
  const values = `INTO runs (id, kind, target, hash, registered, status, input, output, error, errors, metadata,
    parent, parent_path, machine, instance, ref, since, version, renamed, priority, forked, created, updated, ended)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  const insert = command(db, `INSERT ${values}`);
  const put = command(db, `INSERT OR REPLACE ${values}`);
  const writing =
    (write: typeof insert) =>
    (r: RunRow): void =>
      void write(
        r.id,
        r.kind,
        r.target,
        r.hash,
        r.registered ? 1 : 0,
        r.status,
        r.input,
        r.output,
        r.error,
        r.errors,
        r.metadata,
        r.parent,
        r.parentPath,
        r.machine,
        r.instance,
        r.ref,
        r.since,
        r.version,
        r.renamed,
        r.priority,
        r.forked,
        r.created,
        r.updated,
        r.ended,
      );
  const alive = query<Stored>(
    db,
    `SELECT ${columns} FROM runs WHERE ${underWay} AND status = ? AND id > ? ORDER BY id LIMIT ?`,
  );
  const hasAlive = query<object>(db, `SELECT 1 FROM runs WHERE ${underWay} AND version = ? LIMIT 1`);
  const status = command(db, 'UPDATE runs SET status = ?, updated = ? WHERE id = ? AND ended IS NULL');
  const end = command(
    db,
    'UPDATE runs SET status = ?, output = ?, error = ?, errors = ?, updated = ?, ended = ? WHERE id = ?',
  );
  const block = command(
    db,
    `UPDATE runs SET status = 'blocked', error = ?, updated = ? WHERE id = ? AND ended IS NULL`,
  );
  const unlink = command(db, 'UPDATE runs SET ref = NULL WHERE id = ?');
  const linked = query<Stored>(db, `SELECT ${columns} FROM runs WHERE machine = ? AND instance = ? AND ref = ?`);
  const working = query<Stored>(
    db,
    `SELECT ${columns} FROM runs WHERE machine = ? AND instance = ? AND ref IS NOT NULL ORDER BY created, id`,
  );
  const count = query<{ status: RunStatus; n: number }>(db, 'SELECT status, count(*) AS n FROM runs GROUP BY status');
  const ended = query<EndedRun>(
    db,
    `SELECT id, ended FROM runs WHERE ended IS NOT NULL AND ended >= ? AND (ended > ? OR id > ?) AND parent_path IS NULL
      ORDER BY ended, id LIMIT ?`,
  );
  const endedCount = query<{ n: number }>(
    db,
    'SELECT count(*) AS n FROM runs WHERE ended IS NOT NULL AND parent_path IS NULL',
  );
  const remove = command(db, 'DELETE FROM runs WHERE id = ?');
  return {
    get: (id) => {
      const found = get.get(id);
      return found && row(found);
    },
    insert: writing(insert),
    put: writing(put),
    alive: (wanted, id, limit) => alive.all(wanted, id, limit).map(row),
    hasAlive: (version) => hasAlive.get(version) !== undefined,
    status: (id, next, at) => void status(next, at, id),
    end: (id, r, at) => void end(r.status, r.output, r.error, r.errors, at, at, id),
    block: (id, error, at) => void block(error, at, id),
    unlink: (id) => void unlink(id),
    list: (filter) => {
      const { sql, values } = where([
        ['status IN ?', filter.status],
        ['target = ?', filter.target],
        ['parent = ?', filter.parent],
        ['machine = ?', filter.machine],
        ['instance = ?', filter.instance],
      ]);
      return query<Stored>(db, `SELECT ${columns} FROM runs ${sql} ORDER BY created DESC, id DESC LIMIT ? OFFSET ?`)
        .all(...values, filter.limit ?? -1, filter.offset ?? 0)
        .map(row);
    },
    ids: (statuses) => {
      const { sql, values } = where([['status IN ?', statuses]]);
      const alive = statuses.every((status) => !isFinal.has(status)) ? `AND ${underWay}` : '';
      return query<{ id: string }>(db, `SELECT id FROM runs ${sql} ${alive} ORDER BY priority DESC, created, id`)
        .all(...values)
        .map(({ id }) => id);
    },
    linked: (machine, instance, ref) => {
      const found = linked.get(machine, instance, ref);
      return found && row(found);
    },
    working: (machine, instance) => working.all(machine, instance).map(row),
    count: () => Object.fromEntries(count.all().map((group) => [group.status, group.n])),
    ended: (after, limit) => ended.all(after.ended, after.ended, after.id, limit),
    endedCount: () => endedCount.get()?.n ?? 0,
    remove: (id) => void remove(id),
  };
}

/** The journal of every run. */
export function journalTable(db: DatabaseSync): JournalTable {
  const values =
    'INTO journal (run, seq, at, kind, path, name, attempt, place, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';
  const append = command(db, `INSERT ${values}`);
  const put = command(db, `INSERT OR REPLACE ${values}`);
  const of = query<JournalRow>(
    db,
    'SELECT run, seq, at, kind, path, name, attempt, place, data FROM journal WHERE run = ? ORDER BY seq',
  );
  const last = query<{ seq: number | null }>(db, 'SELECT max(seq) AS seq FROM journal WHERE run = ?');
  const paths = query<Pick<JournalRow, 'seq' | 'kind' | 'path'>>(
    db,
    'SELECT seq, kind, path FROM journal WHERE run = ? AND seq BETWEEN ? AND ? ORDER BY seq',
  );
  const drop = command(db, 'DELETE FROM journal WHERE run = ? AND seq = ?');
  const size = query<{ lines: number; bytes: number | null }>(
    db,
    'SELECT count(*) AS lines, sum(length(path) + ifnull(length(data), 0)) AS bytes FROM journal WHERE run = ?',
  );
  const removeAll = command(db, 'DELETE FROM journal WHERE run = ?');
  return {
    append: (r) => void append(r.run, r.seq, r.at, r.kind, r.path, r.name, r.attempt, r.place, r.data),
    put: (r) => void put(r.run, r.seq, r.at, r.kind, r.path, r.name, r.attempt, r.place, r.data),
    of: (run) => of.all(run),
    last: (run) => last.get(run)?.seq ?? 0,
    paths: (run, from, to) => paths.all(run, from, to),
    drop: (run, seqs) => {
      for (const seq of seqs) drop(run, seq);
    },
    size: (run) => {
      const found = size.get(run);
      return { lines: found?.lines ?? 0, bytes: found?.bytes ?? 0 };
    },
    removeAll: (run) => void removeAll(run),
  };
}
