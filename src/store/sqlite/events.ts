import type { DatabaseSync } from 'node:sqlite';
import type { EventRow } from '../rows.ts';
import type { EventTable } from '../store.ts';
import { command, query, where } from './statements.ts';

// As for timers: an integer that no number holds must not stop the reading of the log.
const columns = 'seq, id, name, payload, at, min(expires, 8640000000000000) AS expires, source, result';

/** The event log, the index of its match fields, and what each run has consumed. */
export function eventTable(db: DatabaseSync): EventTable {
  const append = command(db, 'INSERT INTO events (id, name, payload, at, expires, source) VALUES (?, ?, ?, ?, ?, ?)');
  const get = query<EventRow>(db, `SELECT ${columns} FROM events WHERE id = ?`);
  const after = query<EventRow>(db, `SELECT ${columns} FROM events WHERE seq > ? ORDER BY seq LIMIT ?`);
  const last = query<{ seq: number | null }>(db, 'SELECT max(seq) AS seq FROM events');
  const result = command(db, 'UPDATE events SET result = ? WHERE seq = ?');
  const index = command(db, 'INSERT OR IGNORE INTO event_keys (event, key, seq) VALUES (?, ?, ?)');
  const oldest = query<EventRow>(
    db,
    `SELECT e.seq, e.id, e.name, e.payload, e.at, min(e.expires, 8640000000000000) AS expires, e.source, e.result
      FROM event_keys k JOIN events e ON e.seq = k.seq
      WHERE k.event = ? AND k.key = ? AND k.seq > ? AND e.expires > ?
        AND NOT EXISTS (SELECT 1 FROM consumed c WHERE c.run = ? AND c.seq = k.seq)
      ORDER BY k.seq LIMIT 1`,
  );
  const consume = command(db, 'INSERT INTO consumed (run, seq) VALUES (?, ?)');
  const consumed = query<{ run: string }>(db, 'SELECT run FROM consumed WHERE run = ? AND seq = ?');
  const release = command(db, 'DELETE FROM consumed WHERE run = ? AND seq = ?');
  const consumedBy = query<{ seq: number }>(db, 'SELECT seq FROM consumed WHERE run = ? ORDER BY seq');
  const named = query<EventRow>(db, `SELECT ${columns} FROM events WHERE name = ? ORDER BY seq`);
  const namedAfter = query<EventRow>(
    db,
    `SELECT ${columns} FROM events WHERE name = ? AND seq > ? ORDER BY seq LIMIT ?`,
  );
  const change = command(db, 'UPDATE events SET name = ?, payload = ? WHERE seq = ?');
  const unindex = command(db, 'DELETE FROM event_keys WHERE event = ?');
  const over = query<Pick<EventRow, 'seq' | 'id' | 'at'>>(
    db,
    `SELECT seq, id, at FROM events WHERE seq > ? AND result IS NOT NULL AND expires <= ?
      AND seq < (SELECT max(seq) FROM events) ORDER BY seq LIMIT ?`,
  );
  const count = query<{ n: number }>(db, 'SELECT count(*) AS n FROM events');
  const remove = command(db, 'DELETE FROM events WHERE seq = ?');
  const forget = command(db, 'DELETE FROM consumed WHERE run = ?');
  const first = query<{ seq: number | null }>(db, 'SELECT min(seq) AS seq FROM events');
  const tidyKeys = command(db, 'DELETE FROM event_keys WHERE seq < ?');
  const tidyConsumed = command(db, 'DELETE FROM consumed WHERE seq < ?');
  return {
    append: (r) => append(r.id, r.name, r.payload, r.at, r.expires, r.source),
    get: (id) => get.get(id),
    after: (seq, limit) => after.all(seq, limit),
    last: () => last.get()?.seq ?? 0,
    result: (seq, text) => void result(text, seq),
    index: (event, key, seq) => void index(event, key, seq),
    oldest: (event, key, since, now, run) => oldest.get(event, key, since, now, run),
    consume: (run, seq) => void consume(run, seq),
    consumed: (run, seq) => consumed.get(run, seq) !== undefined,
    release: (run, seq) => void release(run, seq),
    consumedBy: (run) => consumedBy.all(run).map(({ seq }) => seq),
    list: (filter) => {
      const { sql, values } = where([['name = ?', filter.name]]);
      return query<EventRow>(db, `SELECT ${columns} FROM events ${sql} ORDER BY seq DESC LIMIT ? OFFSET ?`).all(
        ...values,
        filter.limit ?? -1,
        filter.offset ?? 0,
      );
    },
    over: (seq, now, limit) => over.all(seq, now, limit),
    count: () => count.get()?.n ?? 0,
    remove: (seq) => void remove(seq),
    forget: (run) => void forget(run),
    tidy: () => {
      const seq = first.get()?.seq;
      if (typeof seq !== 'number') return;
      tidyKeys(seq);
      tidyConsumed(seq);
    },
    named: (name) => named.all(name),
    namedAfter: (name, seq, limit) => namedAfter.all(name, seq, limit),
    change: (seq, name, payload) => void change(name, payload, seq),
    unindex: (name) => void unindex(name),
  };
}
