/**
 * Writes a database with something of every kind in flight, as SQL: `node test/golden/write.ts FORMAT FILE`. When a
 * format is released, its file is committed here; it never changes again.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openSqlite } from 'millrace/store';
import { seededRandom, SimulatedClock } from 'millrace/testing';
import { inFlight, laterInFlight, systemOf } from './system.ts';

/** Brings a database of this format to where its runs are in flight. */
export async function writeDatabase(file: string, format: number): Promise<void> {
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const clock: SimulatedClock = new SimulatedClock({ settle: () => runtime.idle() });
  const runtime = new ReactiveSystemRuntime(
    systemOf(format, () => {}),
    {
      db: file,
      clock,
      random: seededRandom('golden'),
      logger: quiet,
    },
  );
  for (const flow of ['fails', ...inFlight])
    await runtime.start(flow, 1, { id: flow, idempotencyKey: `key of ${flow}`, metadata: { by: 'golden' } });
  await runtime.start('waits', 9, { id: 'cancelled' });
  await runtime.sendEvent('opened', { id: 'A' }, { idempotencyKey: 'open' });
  await runtime.sendEvent('told', { n: 5, text: 'for nobody' });
  await runtime.idle();
  await runtime.cancel('cancelled');
  await runtime.create('door', { id: 'B' });
  if (format >= 3) {
    for (const flow of laterInFlight) await runtime.start(flow === 'paused' ? 'sleeps' : flow, 1, { id: flow });
    await runtime.idle();
    await runtime.pause('paused');
  }
  await clock.advance('5m');
  await runtime.close();
  const store = openSqlite(file);
  const request = '{"kind":"flow","target":"sleeps","input":3,"id":"asked"}';
  store.transaction((tx) => tx.inbox.insert({ kind: 'start', request, at: clock.now() }));
  store.close();
}

/** A database as the SQL that makes it anew. */
function dump(file: string): string {
  const db = new DatabaseSync(file, { readOnly: true });
  const quote = (value: unknown): string =>
    typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : value === null ? 'NULL' : String(value);
  const lines: string[] = [];
  for (const name of ['application_id', 'user_version'])
    lines.push(`PRAGMA ${name} = ${String(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0])};`);
  const parts = db
    .prepare(`SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'`)
    .all();
  for (const { sql } of parts) lines.push(`${String(sql)};`);
  for (const { type, name } of parts) {
    if (type !== 'table') continue;
    for (const row of db.prepare(`SELECT * FROM ${String(name)}`).all())
      lines.push(`INSERT INTO ${String(name)} VALUES (${Object.values(row).map(quote).join(', ')});`);
  }
  db.close();
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === import.meta.filename) {
  const [format = '', out = ''] = process.argv.slice(2);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-golden-'));
  const file = join(folder, 'golden.db');
  await writeDatabase(file, Number(format));
  writeFileSync(out, dump(file));
  rmSync(folder, { recursive: true });
}
