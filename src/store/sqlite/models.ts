import type { DatabaseSync } from 'node:sqlite';
import type { AnswerRow, BudgetRow, NoteRow, ReservationRow, UsageKey, UsageRow, UsageSum } from '../model-rows.ts';
import type { AnswerTable, BudgetTable, NoteTable, UsageTable } from '../model-tables.ts';
import { command, query, where } from './statements.ts';

/** What calls of models have cost, and what is set aside for them. */
export function budgetTable(db: DatabaseSync): BudgetTable {
  const columns = 'account, currency, spent, reserved';
  const account = query<BudgetRow>(db, `SELECT ${columns} FROM budgets WHERE account = ?`);
  const accounts = query<BudgetRow>(db, `SELECT ${columns} FROM budgets ORDER BY account`);
  const put = command(db, `INSERT OR REPLACE INTO budgets (${columns}) VALUES (?, ?, ?, ?)`);
  const remove = command(db, 'DELETE FROM budgets WHERE account = ?');
  const held = 'id, accounts, micros, currency, at, holder';
  const reservation = query<ReservationRow>(db, `SELECT ${held} FROM reservations WHERE id = ?`);
  const reservations = query<ReservationRow>(db, `SELECT ${held} FROM reservations ORDER BY at, id`);
  const reserve = command(db, `INSERT OR REPLACE INTO reservations (${held}) VALUES (?, ?, ?, ?, ?, ?)`);
  const release = command(db, 'DELETE FROM reservations WHERE id = ?');
  return {
    account: (name) => account.get(name),
    accounts: () => accounts.all(),
    put: (r) => void put(r.account, r.currency, r.spent, r.reserved),
    remove: (name) => void remove(name),
    reservation: (id) => reservation.get(id),
    reservations: () => reservations.all(),
    reserve: (r) => void reserve(r.id, r.accounts, r.micros, r.currency, r.at, r.holder),
    release: (id) => void release(id),
  };
}

/** SQLite has no booleans. */
type Stored = Omit<UsageRow, 'estimated'> & { readonly estimated: number };

const nameOf: Readonly<Record<UsageKey, string>> = {
  task: 'task',
  agent: 'agent',
  model: 'model',
  provider: 'provider',
  run: 'run',
  step: 'step',
  day: "date(at / 1000, 'unixepoch')",
};

/** The calls of models that have ended. */
export function usageTable(db: DatabaseSync): UsageTable {
  const columns =
    'id, at, provider, model, task, agent, run, step, input, output, cache_read, cache_write, estimated, micros, currency';
  const read = columns
    .replace('cache_read', 'cache_read AS cacheRead')
    .replace('cache_write', 'cache_write AS cacheWrite');
  const known = query<{ id: string }>(db, 'SELECT id FROM usage WHERE id = ?');
  const add = command(db, `INSERT INTO usage (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const of = query<Stored>(db, `SELECT ${read} FROM usage WHERE run = ? ORDER BY at, id`);
  const removeAll = command(db, 'DELETE FROM usage WHERE run = ?');
  return {
    add: (r) => {
      if (known.get(r.id) !== undefined) return false;
      add(
        r.id,
        r.at,
        r.provider,
        r.model,
        r.task,
        r.agent,
        r.run,
        r.step,
        r.input,
        r.output,
        r.cacheRead,
        r.cacheWrite,
        r.estimated ? 1 : 0,
        r.micros,
        r.currency,
      );
      return true;
    },
    of: (run) => of.all(run).map((row) => ({ ...row, estimated: row.estimated === 1 })),
    sums: (by, { run, task, since, until } = {}) => {
      const { sql, values } = where([
        ['run = ?', run],
        ['task = ?', task],
        ['at >= ?', since],
        ['at < ?', until],
      ]);
      const name = by === undefined ? 'NULL' : nameOf[by];
      return query<UsageSum>(
        db,
        `SELECT ${name} AS name, currency, count(*) AS calls, sum(input) AS input, sum(output) AS output,
           sum(cache_read) AS cacheRead, sum(cache_write) AS cacheWrite, coalesce(sum(micros), 0) AS micros
         FROM usage ${sql} GROUP BY 1, 2 ORDER BY 1, 2`,
      ).all(...values);
    },
    removeAll: (run) => void removeAll(run),
  };
}

/** Answers that were paid before. */
export function answerTable(db: DatabaseSync): AnswerTable {
  const columns = 'key, provider, model, operation, answer, stored, expires';
  const get = query<AnswerRow>(db, `SELECT ${columns} FROM answers WHERE key = ?`);
  const put = command(db, `INSERT OR REPLACE INTO answers (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const expired = query<{ n: number }>(db, 'SELECT count(*) AS n FROM answers WHERE expires <= ?');
  const expire = command(db, 'DELETE FROM answers WHERE expires <= ?');
  return {
    get: (key) => get.get(key),
    put: (r) => void put(r.key, r.provider, r.model, r.operation, r.answer, r.stored, r.expires),
    remove: ({ key, provider, model, operation }) => {
      const { sql, values } = where([
        ['key = ?', key],
        ['provider = ?', provider],
        ['model = ?', model],
        ['operation = ?', operation],
      ]);
      const n = query<{ n: number }>(db, `SELECT count(*) AS n FROM answers ${sql}`).get(...values)?.n ?? 0;
      if (n > 0) command(db, `DELETE FROM answers ${sql}`)(...values);
      return n;
    },
    expire: (now) => {
      const n = expired.get(now)?.n ?? 0;
      if (n > 0) expire(now);
      return n;
    },
  };
}

/** What tasks of runs have noted. */
export function noteTable(db: DatabaseSync): NoteTable {
  const of = query<NoteRow>(
    db,
    'SELECT run, task, spec, number, value FROM notes WHERE run = ? AND task = ? AND spec = ? ORDER BY number',
  );
  const last = query<{ n: number }>(
    db,
    'SELECT coalesce(max(number), 0) AS n FROM notes WHERE run = ? AND task = ? AND spec = ?',
  );
  const add = command(db, 'INSERT INTO notes (run, task, spec, number, value) VALUES (?, ?, ?, ?, ?)');
  const removeAll = command(db, 'DELETE FROM notes WHERE run = ?');
  return {
    add: ({ run, task, spec, value }) => {
      const number = (last.get(run, task, spec)?.n ?? 0) + 1;
      add(run, task, spec, number, value);
      return number;
    },
    of: (run, task, spec) => of.all(run, task, spec),
    removeAll: (run) => void removeAll(run),
  };
}
