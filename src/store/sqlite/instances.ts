import type { DatabaseSync } from 'node:sqlite';
import type { HistoryRow, InstanceRow } from '../rows.ts';
import type { InstanceTable } from '../store.ts';
import { command, query, where } from './statements.ts';

const columns = `machine, id, status, snapshot, hash, seq, parent_machine AS parentMachine,
  parent_instance AS parentInstance, parent_ref AS parentRef, created, updated`;
const historyColumns = 'machine, instance, seq, at, event, payload, before, after, context, errors';

/** Machine instances and what they have been through. */
export function instanceTable(db: DatabaseSync): InstanceTable {
  const get = query<InstanceRow>(db, `SELECT ${columns} FROM instances WHERE machine = ? AND id = ?`);
  const put = command(
    db,
    `INSERT OR REPLACE INTO instances (machine, id, status, snapshot, hash, seq, parent_machine, parent_instance,
      parent_ref, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const append = command(db, `INSERT INTO instance_history (${historyColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const history = query<HistoryRow>(
    db,
    `SELECT ${historyColumns} FROM instance_history WHERE machine = ? AND instance = ? ORDER BY seq DESC LIMIT ? OFFSET ?`,
  );
  const trim = command(db, 'DELETE FROM instance_history WHERE machine = ? AND instance = ? AND seq <= ?');
  const child = query<InstanceRow>(
    db,
    `SELECT ${columns} FROM instances WHERE parent_machine = ? AND parent_instance = ? AND parent_ref = ?`,
  );
  return {
    get: (machine, id) => get.get(machine, id),
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
        r.created,
        r.updated,
      ),
    list: (filter) => {
      const { sql, values } = where([
        ['machine = ?', filter.machine],
        ['status = ?', filter.status],
        ['parent_machine = ?', filter.parent?.machine],
        ['parent_instance = ?', filter.parent?.id],
      ]);
      return query<InstanceRow>(
        db,
        `SELECT ${columns} FROM instances ${sql} ORDER BY updated DESC, machine, id LIMIT ? OFFSET ?`,
      ).all(...values, filter.limit ?? -1, filter.offset ?? 0);
    },
    append: (r) =>
      void append(r.machine, r.instance, r.seq, r.at, r.event, r.payload, r.before, r.after, r.context, r.errors),
    history: (machine, id, page) => history.all(machine, id, page.limit ?? -1, page.offset ?? 0),
    trim: (machine, id, seq) => void trim(machine, id, seq),
    child: (machine, id, ref) => child.get(machine, id, ref),
  };
}
