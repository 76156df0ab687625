import type { DatabaseSync } from 'node:sqlite';
import type { TimerRow, WaitRow } from '../rows.ts';
import type { TimerTable, WaitTable } from '../store.ts';
import { command, query } from './statements.ts';

const columns = 'key, due, kind, target, part, name, data';
// Node refuses to read an integer beyond what a number holds: one such row would stop every read of the table.
const latest = 8_640_000_000_000_000;
const safe = columns.replace('due', `min(due, ${latest}) AS due`);

// A ring is never early: up to the next millisecond.
const whole = (due: number): number => Math.min(Math.ceil(due), latest);

/** Timers. */
export function timerTable(db: DatabaseSync): TimerTable {
  const put = command(db, `INSERT OR REPLACE INTO timers (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const get = query<TimerRow>(db, `SELECT ${safe} FROM timers WHERE key = ?`);
  const remove = command(db, 'DELETE FROM timers WHERE key = ?');
  const removeTarget = command(db, 'DELETE FROM timers WHERE target = ?');
  const removePart = command(db, 'DELETE FROM timers WHERE target = ? AND part = ?');
  const removeNamed = command(db, 'DELETE FROM timers WHERE target = ? AND part = ? AND name = ?');
  const of = query<TimerRow>(db, `SELECT ${safe} FROM timers WHERE target = ? AND part = ? ORDER BY timers.due, key`);
  const ofTarget = query<TimerRow>(db, `SELECT ${safe} FROM timers WHERE target = ? ORDER BY timers.due, key`);
  const upTo = query<{ n: number }>(
    db,
    'SELECT count(*) AS n FROM (SELECT 1 FROM timers WHERE target = ? AND part = ? LIMIT ?)',
  );
  const parked = query<TimerRow>(
    db,
    `SELECT ${safe} FROM timers WHERE timers.due >= ${latest} AND kind = 'parked' ORDER BY timers.due, key LIMIT ?`,
  );
  const due = query<TimerRow>(
    db,
    `SELECT ${safe} FROM timers WHERE timers.due <= ? AND kind <> 'parked' ORDER BY timers.due, key LIMIT ?`,
  );
  const next = query<{ due: number }>(
    db,
    `SELECT min(due, ${latest}) AS due FROM timers WHERE timers.due < ${latest} ORDER BY timers.due LIMIT 1`,
  );
  const count = query<{ n: number }>(db, 'SELECT count(*) AS n FROM timers');
  return {
    put: (r) => void put(r.key, whole(r.due), r.kind, r.target, r.part, r.name, r.data),
    get: (key) => get.get(key),
    remove: (key) => void remove(key),
    removeAll: (target, part) => void (part === undefined ? removeTarget(target) : removePart(target, part)),
    removeNamed: (target, part, name) => void removeNamed(target, part, name),
    upTo: (limit, target, part) => upTo.get(target, part, limit)?.n ?? 0,
    of: (target, part) => (part === undefined ? ofTarget.all(target) : of.all(target, part)),
    parked: (limit) => parked.all(limit),
    due: (now, limit) => due.all(now, limit),
    next: () => next.get()?.due,
    count: () => count.get()?.n ?? 0,
  };
}

/** Runs that wait for events. */
export function waitTable(db: DatabaseSync): WaitTable {
  const insert = command(db, 'INSERT INTO waits (run, path, event, key, created) VALUES (?, ?, ?, ?, ?)');
  const remove = command(db, 'DELETE FROM waits WHERE run = ? AND path = ?');
  const removeAll = command(db, 'DELETE FROM waits WHERE run = ?');
  const get = query<WaitRow>(db, 'SELECT run, path, event, key, created FROM waits WHERE run = ? AND path = ?');
  const matching = query<WaitRow>(
    db,
    'SELECT run, path, event, key, created FROM waits WHERE event = ? AND key = ? ORDER BY created, run, path',
  );
  const of = query<WaitRow>(
    db,
    'SELECT run, path, event, key, created FROM waits WHERE run = ? ORDER BY created, path',
  );
  return {
    insert: (r) => void insert(r.run, r.path, r.event, r.key, r.created),
    remove: (run, path) => void remove(run, path),
    removeAll: (run) => void removeAll(run),
    get: (run, path) => get.get(run, path),
    matching: (event, key) => matching.all(event, key),
    of: (run) => of.all(run),
  };
}
