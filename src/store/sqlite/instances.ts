import type { DatabaseSync } from 'node:sqlite';
import type { HistoryRow, InstanceRow, NewestRow, StandingRow, WalkRow } from '../rows.ts';
import type { InstanceTable } from '../store.ts';
import { command, query, rowsOf, where } from './statements.ts';

type Stored = Omit<InstanceRow, 'armed'> & { readonly armed: number };
type Walked = Omit<WalkRow, 'failed'> & { readonly failed: number };

const columns = `machine, id, status, snapshot, hash, seq, parent_machine AS parentMachine,
  parent_instance AS parentInstance, parent_ref AS parentRef, input, armed, version, migrated, created, updated`;
const historyColumns =
  'machine, instance, seq, at, event, payload, before, after, context, errors, kind, more, armed, took';
const row = (stored: Stored): InstanceRow => ({ ...stored, armed: stored.armed === 1 });
const found = (stored: Stored | undefined): InstanceRow | undefined => stored && row(stored);

/** Machine instances and what they have been through. */
export function instanceTable(db: DatabaseSync): InstanceTable {
  const get = query<Stored>(db, `SELECT ${columns} FROM instances WHERE machine = ? AND id = ?`);
  const put = command(
    db,
    `INSERT OR REPLACE INTO instances (machine, id, status, snapshot, hash, seq, parent_machine, parent_instance,
      parent_ref, input, armed, version, migrated, created, updated)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const parents = 'parent_machine = ? AND parent_instance = ?';
  const child = query<Stored>(db, `SELECT ${columns} FROM instances WHERE ${parents} AND parent_ref = ?`);
  const children = query<Stored>(
    db,
    `SELECT ${columns} FROM instances WHERE ${parents} AND parent_ref IS NOT NULL ORDER BY machine, id`,
  );
  const remove = command(db, 'DELETE FROM instances WHERE machine = ? AND id = ?');
  const removeHistory = command(db, 'DELETE FROM instance_history WHERE machine = ? AND instance = ?');
  const after = query<Stored>(db, `SELECT ${columns} FROM instances WHERE machine = ? AND id > ? ORDER BY id LIMIT ?`);
  const standing = query<StandingRow>(
    db,
    `SELECT json_extract(snapshot, '$.state') AS state, count(*) AS count, min(id) AS example FROM instances
      WHERE machine = ? AND hash <> ? AND status = 'active' GROUP BY 1 ORDER BY 1`,
  );
  const nextMachine = query<{ machine: string | null }>(
    db,
    'SELECT min(machine) AS machine FROM instances WHERE machine > ?',
  );
  const renames = [
    'UPDATE instances SET machine = ? WHERE machine = ? AND id = ?',
    'UPDATE instance_history SET machine = ? WHERE machine = ? AND instance = ?',
    'UPDATE instances SET parent_machine = ? WHERE parent_machine = ? AND parent_instance = ?',
    'UPDATE runs SET machine = ? WHERE machine = ? AND instance = ?',
  ].map((sql) => command(db, sql));
  const hasAlive = query<object>(db, `SELECT 1 FROM instances WHERE status = 'active' AND version = ? LIMIT 1`);
  return {
    get: (machine, id) => found(get.get(machine, id)),
    put: (r) =>
      void put(
        r.machine,
        r.id,
        r.status,
        r.snapshot,
        r.hash,
        r.seq,
        r.parentMachine,
        r.parentInstance,
        r.parentRef,
        r.input,
        r.armed ? 1 : 0,
        r.version,
        r.migrated,
        r.created,
        r.updated,
      ),
    list: (filter) => {
      const { sql, values } = where([
        ['machine = ?', filter.machine],
        ['id = ?', filter.id],
        ['status = ?', filter.status],
        [`EXISTS (SELECT 1 FROM json_each(snapshot, '$.state') WHERE value = ?)`, filter.state],
      ]);
      return query<Stored>(
        db,
        `SELECT ${columns} FROM instances ${sql} ORDER BY updated DESC, machine, id LIMIT ? OFFSET ?`,
      )
        .all(...values, filter.limit ?? -1, filter.offset ?? 0)
        .map(row);
    },
    after: (machine, id, limit) => after.all(machine, id, limit).map(row),
    remove: (machine, id) => {
      remove(machine, id);
      removeHistory(machine, id);
    },
    standing: (machine, hash) => standing.all(machine, hash),
    child: (machine, id, ref) => found(child.get(machine, id, ref)),
    children: (machine, id) => children.all(machine, id).map(row),
    machines: () => {
      const names: string[] = [];
      for (let last = ''; ;) {
        const next = nextMachine.get(last)?.machine;
        if (next === undefined || next === null) return names;
        names.push((last = next));
      }
    },
    rename: (machine, id, to) => {
      for (const rename of renames) rename(to, machine, id);
    },
    hasAlive: (version) => hasAlive.get(version) !== undefined,
    ...historyOf(db),
  };
}

type HistoryTable = Pick<
  InstanceTable,
  'append' | 'history' | 'entry' | 'oldest' | 'newest' | 'trim' | 'expire' | 'walk'
>;

function historyOf(db: DatabaseSync): HistoryTable {
  const append = command(
    db,
    `INSERT INTO instance_history (${historyColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const of = 'FROM instance_history WHERE machine = ? AND instance = ?';
  const history = query<HistoryRow>(
    db,
    `SELECT ${historyColumns} ${of} AND seq < ? ORDER BY seq DESC LIMIT ? OFFSET ?`,
  );
  const entry = query<HistoryRow>(db, `SELECT ${historyColumns} ${of} AND seq = ?`);
  const oldest = query<Pick<HistoryRow, 'seq' | 'at'>>(db, `SELECT seq, at ${of} ORDER BY seq LIMIT 1`);
  const newest = query<NewestRow>(
    db,
    `SELECT seq, at, event, before, after, (SELECT count(*) ${of}) AS size ${of} ORDER BY seq DESC LIMIT 1`,
  );
  const trim = command(db, `DELETE ${of} AND seq <= ?`);
  const expire = command(db, `DELETE ${of} AND seq <= ? AND at < ?`);
  const walk = (id: string | undefined): string =>
    `SELECT h.instance, h.seq, h.at, h.after, h.took, h.errors IS NOT NULL AS failed,
      i.seq AS last, i.status, i.created, i.updated
      FROM instance_history h JOIN instances i ON i.machine = h.machine AND i.id = h.instance
      WHERE h.machine = ? ${id === undefined ? '' : 'AND h.instance = ?'} ORDER BY h.machine, h.instance, h.seq`;
  return {
    append: (r) =>
      void append(
        r.machine,
        r.instance,
        r.seq,
        r.at,
        r.event,
        r.payload,
        r.before,
        r.after,
        r.context,
        r.errors,
        r.kind,
        r.more,
        r.armed,
        r.took,
      ),
    history: (machine, id, page) =>
      history.all(machine, id, page.before ?? Number.MAX_SAFE_INTEGER, page.limit ?? -1, page.offset ?? 0),
    entry: (machine, id, seq) => entry.get(machine, id, seq),
    oldest: (machine, id) => oldest.get(machine, id),
    newest: (machine, id) => newest.get(machine, id, machine, id),
    trim: (machine, id, seq) => void trim(machine, id, seq),
    expire: (machine, id, seq, at) => void expire(machine, id, seq, at),
    *walk(machine, id) {
      const rows = rowsOf<Walked>(db, walk(id), machine, ...(id === undefined ? [] : [id]));
      for (const walked of rows) yield { ...walked, failed: walked.failed === 1 };
    },
  };
}
