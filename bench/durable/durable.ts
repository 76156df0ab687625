/**
 * Durable steps per second, `synchronous=FULL`, against raw SQLite with the very rows that the engine wrote:
 *
 * - group commit: as many concurrent writers as there were concurrent runs, each waiting for the commit of its rows
 *   before it hands in the next; a queue that is flushed once a turn of the event loop. What is missing to 1 is what
 *   replay, validation, tasks and indexes cost. The target is against this.
 * - bare loop: nobody waits for anything; in as many transactions as the engine needed. The physical limit.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openSqlite, type Store } from 'millrace/store';
import { compared, median, type Row } from '../table.ts';
import { steps, system } from './system.ts';

interface Measured {
  readonly stepsPerSecond: number;
  readonly commits: number;
}

async function engine(file: string, concurrent: number, runs: number): Promise<Measured> {
  const store = openSqlite(file);
  let commits = 0;
  const counted: Store = {
    tables: store.tables,
    reading: (work) => store.reading(work),
    space: () => store.space(),
    vacuum: () => store.vacuum(),
    version: () => store.version(),
    close: () => store.close(),
    longTransaction: (work) => store.longTransaction(work),
    transaction: (work) => {
      commits += 1;
      return store.transaction(work);
    },
  };
  const runtime = new ReactiveSystemRuntime(system, { store: counted });
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: concurrent }, async () => {
      while (next < runs) {
        const { success } = await runtime.executeFlow('ten', { index: next++ });
        if (!success) throw new Error('A run of the benchmark failed.');
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const needed = commits;
  await runtime.close();
  counted.close();
  return { stepsPerSecond: (runs * steps) / seconds, commits: needed };
}

interface Insert {
  readonly statement: StatementSync;
  readonly row: SQLInputValue[];
}

/** An empty file like the engine's, and the engine's rows as inserts into it, by run and in order. */
function prepared(source: string, file: string): { db: DatabaseSync; runs: readonly (readonly Insert[])[] } {
  const from = new DatabaseSync(source, { readOnly: true });
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000');
  const runs = new Map<string, Insert[]>();
  for (const [table, key] of [
    ['runs', 'id'],
    ['journal', 'run'],
  ] as const) {
    db.exec(String(from.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').get(table)?.['sql']));
    const rows = from.prepare(`SELECT * FROM ${table}`).all();
    const statement = db.prepare(
      `INSERT INTO ${table} VALUES (${Object.keys(rows[0] ?? {})
        .map(() => '?')
        .join(', ')})`,
    );
    for (const row of rows) {
      const run = String(row[key]);
      runs.set(run, [...(runs.get(run) ?? []), { statement, row: Object.values(row) }]);
    }
  }
  from.close();
  return { db, runs: [...runs.values()] };
}

/** Rows that travel together: the end of one step with the start of the next. */
const together = 2;

async function groupCommit(source: string, file: string, concurrent: number): Promise<number> {
  const { db, runs } = prepared(source, file);
  let queue: { inserts: readonly Insert[]; done: () => void }[] = [];
  const flush = (): void => {
    const batch = queue;
    queue = [];
    db.exec('BEGIN IMMEDIATE');
    for (const { inserts } of batch) for (const { statement, row } of inserts) statement.run(...row);
    db.exec('COMMIT');
    for (const { done } of batch) done();
  };
  const write = (inserts: readonly Insert[]): Promise<void> =>
    new Promise((done) => {
      if (queue.length === 0) setImmediate(flush);
      queue.push({ inserts, done });
    });
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: concurrent }, async () => {
      for (let run = runs[next++]; run !== undefined; run = runs[next++]) {
        for (let at = 0; at < run.length; at += together) await write(run.slice(at, at + together));
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  db.close();
  return (runs.length * steps) / seconds;
}

function bareLoop(source: string, file: string, transactions: number): number {
  const { db, runs } = prepared(source, file);
  const inserts = runs.flat();
  const group = Math.ceil(inserts.length / transactions);
  const started = performance.now();
  for (let at = 0; at < inserts.length; at += group) {
    db.exec('BEGIN IMMEDIATE');
    for (const { statement, row } of inserts.slice(at, at + group)) statement.run(...row);
    db.exec('COMMIT');
  }
  const seconds = (performance.now() - started) / 1000;
  db.close();
  return (runs.length * steps) / seconds;
}

export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    await engine(join(folder, 'warm.db'), 50, 300);
    const rows: Row[] = [];
    for (const [concurrent, runs] of [
      [1, 100],
      [10, 500],
      [100, 2000],
    ] as const) {
      const ours: number[] = [];
      const grouped: number[] = [];
      const bare: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        const file = join(folder, `c${concurrent}-${round}`);
        const { stepsPerSecond, commits } = await engine(`${file}.db`, concurrent, runs);
        ours.push(stepsPerSecond);
        grouped.push(await groupCommit(`${file}.db`, `${file}-grouped.db`, concurrent));
        bare.push(bareLoop(`${file}.db`, `${file}-bare.db`, commits));
      }
      const limit = { name: `bare loop, C=${concurrent}`, value: median(bare) };
      const peer = { name: `group commit, C=${concurrent}`, value: median(grouped) };
      rows.push({ ...limit, unit: 'steps/s' }, { ...peer, unit: 'steps/s' });
      rows.push(compared(`engine, C=${concurrent}`, median(ours), 'steps/s', limit));
      rows.push(
        compared(`engine, C=${concurrent}`, median(ours), 'steps/s', peer, concurrent === 100 ? '>= 0.5' : undefined),
      );
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
