/**
 * Many machine instances: `INSTANCES=1000000 npm run bench -- instances`; 20,000 when nothing is said.
 *
 * - creates/s, each acknowledged after its commit, a thousand at a time; against raw SQLite with the very rows that the
 *   engine wrote, in as many transactions (WAL, `synchronous=FULL`).
 * - what an instance that waits costs: bytes on the disk; memory of a process that drives the database, against one
 *   that drives an empty one.
 * - how long it takes until one of them has taken an event and that is on the disk, in a process that has just started
 *   and in one that runs; against the same with a single instance.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openSqlite, type Store } from 'millrace/store';
import { compared, type Row } from '../table.ts';
import { contextOf, idOf, system } from './system.ts';

const atOnce = 1000;

interface Created {
  readonly perSecond: number;
  readonly commits: number;
}

async function create(file: string, count: number): Promise<Created> {
  const store = openSqlite(file);
  let commits = 0;
  const counted: Store = {
    ...store,
    transaction: (work) => {
      commits++;
      return store.transaction(work);
    },
  };
  const runtime = new ReactiveSystemRuntime(system, { store: counted });
  await runtime.idle();
  commits = 0;
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: Math.min(atOnce, count) }, async () => {
      for (let index = next++; index < count; index = next++)
        await runtime.create('clock', { id: idOf(index), context: contextOf(index) });
    }),
  );
  const perSecond = count / ((performance.now() - started) / 1000);
  const needed = commits;
  await runtime.close();
  store.close();
  return { perSecond, commits: needed };
}

/** The same rows into an empty file with the same tables and indexes; only the writing is timed. */
function raw(source: string, file: string, count: number, commits: number): number {
  const from = new DatabaseSync(source, { readOnly: true });
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000');
  const tables = ['instances', 'instance_history'].map((name) => {
    for (const { sql } of from
      .prepare('SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL')
      .all(name))
      db.exec(String(sql));
    const rows = from.prepare(`SELECT * FROM ${name}`).iterate();
    const columns = from.prepare(`SELECT * FROM ${name} LIMIT 1`).columns();
    return { rows, insert: db.prepare(`INSERT INTO ${name} VALUES (${columns.map(() => '?').join(', ')})`) };
  });
  const batch = Math.ceil(count / commits);
  let ms = 0;
  for (let done = 0; done < count; done += batch) {
    const pages = tables.map(({ rows }) =>
      Array.from({ length: Math.min(batch, count - done) }, () => Object.values(rows.next().value ?? {})),
    );
    const started = performance.now();
    db.exec('BEGIN IMMEDIATE');
    for (let index = 0; index < (pages[0]?.length ?? 0); index++)
      for (const [table, { insert }] of tables.entries()) insert.run(...(pages[table]?.[index] as SQLInputValue[]));
    db.exec('COMMIT');
    ms += performance.now() - started;
  }
  db.close();
  from.close();
  return count / (ms / 1000);
}

interface Idle {
  readonly open: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly first: number;
  readonly later: number;
}

function idle(file: string, count: number): Idle {
  const child = fileURLToPath(new URL('idle-child.ts', import.meta.url));
  const done = spawnSync(process.execPath, ['--expose-gc', child, file, String(count)], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout) as Idle;
}

export async function run(): Promise<readonly Row[]> {
  const count = Number(process.env['INSTANCES'] ?? 20_000);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    const [many, single] = [join(folder, 'many.db'), join(folder, 'single.db')];
    await create(single, 1);
    const { perSecond, commits } = await create(many, count);
    const bytes = statSync(many).size / count;
    const limit = { name: 'raw inserts', value: raw(many, join(folder, 'raw.db'), count, commits) };
    const alone = idle(single, 1);
    const among = idle(many, count);
    const mb = (size: number): number => size / 2 ** 20;
    const n = count.toLocaleString('en-US');
    return [
      { ...limit, unit: 'instances/s' },
      compared(`create ${n}`, perSecond, 'instances/s', limit),
      { name: 'on disk', value: bytes, unit: 'bytes/instance' },
      { name: 'heap beside 1', value: mb(alone.heapUsed), unit: 'MB' },
      compared(
        `heap beside ${n}`,
        mb(among.heapUsed),
        'MB',
        { name: 'beside 1', value: mb(alone.heapUsed) },
        '<= 1.05',
      ),
      { name: 'memory (RSS) beside 1', value: mb(alone.rss), unit: 'MB' },
      compared(`memory (RSS) beside ${n}`, mb(among.rss), 'MB', { name: 'beside 1', value: mb(alone.rss) }, '<= 1.1'),
      { name: `open beside ${n}`, value: among.open, unit: 'ms' },
      { name: `wake one of ${n}, first`, value: among.first, unit: 'ms' },
      { name: 'wake the only one', value: alone.later, unit: 'ms' },
      compared(`wake one of ${n}`, among.later, 'ms', { name: 'the only one', value: alone.later }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
