import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openReader, ReactiveSystemRuntime } from 'millrace/runtime';
import type { Logger } from 'millrace/tasks';
import { checkDatabase, SimulatedClock } from 'millrace/testing';
import { systemOf } from '../golden/system.ts';
import { writeDatabase } from '../golden/write.ts';

const format = 4;
let folder: string;
let whole: string;
let reference: Readonly<Record<string, string>>;
beforeAll(async () => {
  folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'millrace-corrupt-'));
  whole = join(folder, 'whole.db');
  await writeDatabase(whole, format);
  reference = (await drive(broken(''))).ends;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function broken(sql: string): string {
  const file = join(folder, 'broken.db');
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  copyFileSync(whole, file);
  const db = new DatabaseSync(file);
  db.exec(sql);
  const { changes } = db.prepare('SELECT total_changes() AS changes').get() ?? {};
  if (sql !== '') expect(changes).toBeGreaterThan(0);
  db.close();
  return file;
}

/** Drives a database for some hours; gives how its runs ended, and what was told. */
async function drive(file: string) {
  const told: string[] = [];
  const tell = (message: string, facts?: object): void => void told.push(`${message} ${JSON.stringify(facts ?? {})}`);
  const logger: Logger = { debug: () => {}, info: () => {}, warn: tell, error: tell };
  const clock: SimulatedClock = new SimulatedClock({
    start: Date.UTC(2026, 0, 1) + 300_000,
    settle: () => runtime.idle(),
  });
  const runtime = new ReactiveSystemRuntime(
    systemOf(format, () => {}),
    { db: file, clock, logger },
  );
  const tried = (work: Promise<unknown>): Promise<unknown> =>
    work.catch((error: unknown) => {
      const { code } = error as { code?: unknown };
      if (typeof code !== 'string' || !/^MR\d{4}$/.test(code)) throw error;
      told.push(code);
    });
  await tried(runtime.sendEvent('told', { n: 1, text: 'at last' }));
  await tried(runtime.start('sleeps', 1, { idempotencyKey: 'key of sleeps' }));
  await tried(runtime.sendEvent('opened', { id: 'A' }, { idempotencyKey: 'open' }));
  await tried(runtime.resume('paused'));
  await tried(runtime.decide('asks', 'word', { approved: true, by: 'ada' }));
  for (let half = 0; half < 6; half++) await clock.advance('30m');
  await runtime.idle();
  const { reader } = runtime;
  const ends = Object.fromEntries(
    reader
      .runs()
      .filter(({ target }) => target !== 'tick')
      .map(({ id, status, output, error }) => {
        const end = `${status} ${JSON.stringify(output) ?? ''}`;
        return [id, status === 'blocked' ? `${end}${String(error?.code)}` : end];
      }),
  );
  ends['door A'] = JSON.stringify(reader.instance('door', 'A')?.state);
  ends['ticks'] = String(reader.runs({ target: 'tick' }).length);
  for (const { id } of reader.runs()) reader.steps(id);
  reader.events();
  reader.schedules();
  reader.decisions();
  for (const id of ['A', 'B']) reader.history('door', id);
  await runtime.close();
  return { ends, told };
}

const half = `'{"half'`;
const line = (run: string, kind: string): string =>
  `UPDATE journal SET data = ${half} WHERE run = '${run}' AND kind = '${kind}'`;

/** What is broken; whose it is: nothing else may suffer; by which code it is told. */
const cases: readonly (readonly [sql: string, whose: readonly string[], code: RegExp])[] = [
  [`UPDATE runs SET input = ${half} WHERE id = 'sleeps'`, ['sleeps'], /MR3205/],
  [`UPDATE runs SET metadata = ${half} WHERE id = 'sleeps'`, ['sleeps'], /MR3216/],
  [`UPDATE runs SET renamed = ${half} WHERE id = 'sleeps'`, ['sleeps'], /MR3216/],
  [`UPDATE runs SET target = 'gone' WHERE id = 'sleeps'`, ['sleeps'], /MR32/],
  [`UPDATE runs SET status = 'nonsense' WHERE id = 'sleeps'`, ['sleeps'], /./],
  [`UPDATE runs SET output = ${half} WHERE id = 'fails'`, ['fails'], /./],
  [`UPDATE runs SET error = ${half} WHERE id = 'fails'`, ['fails'], /./],
  [`UPDATE runs SET errors = ${half} WHERE id = 'fails'`, ['fails'], /./],
  [line('sleeps', 'started'), ['sleeps'], /MR32/],
  [line('sleeps', 'completed'), ['sleeps'], /MR32/],
  [line('sleeps', 'sleeping'), ['sleeps'], /./],
  [`UPDATE journal SET kind = 'nonsense' WHERE run = 'sleeps' AND kind = 'completed'`, ['sleeps'], /MR32/],
  [line('waits', 'waiting'), ['waits'], /MR32/],
  [line('calls', 'called'), ['calls', 'calls/under'], /MR32/],
  [line('retries', 'retrying'), ['retries'], /MR32/],
  [
    `UPDATE journal SET data = ${half} WHERE run = 'parts' AND path = 'both/a/x' AND kind = 'completed'`,
    ['parts'],
    /MR32/,
  ],
  [line('catches', 'caught'), ['catches'], /MR32/],
  [line('graphs', 'opened'), ['graphs', 'graphs/graph/b'], /MR32/],
  [line('asks', 'asked'), ['asks'], /MR32/],
  [`UPDATE timers SET data = ${half} WHERE kind = 'machine'`, ['door A'], /MR|JSON/],
  [`UPDATE timers SET data = ${half} WHERE kind = 'schedule'`, ['ticks'], /MR|JSON/],
  [`UPDATE timers SET kind = 'nonsense' WHERE target = 'sleeps'`, ['sleeps'], /./],
  [`UPDATE timers SET target = 'gone' WHERE target = 'sleeps'`, ['sleeps'], /./],
  [`UPDATE waits SET key = ${half} WHERE run = 'waits'`, ['waits'], /./],
  [
    `UPDATE events SET payload = ${half}; UPDATE meta SET value = '0' WHERE name = 'cursor'; UPDATE events SET result = NULL`,
    ['door A'],
    /MR3302/,
  ],
  [`UPDATE events SET result = ${half}`, [], /./],
  [`UPDATE instances SET snapshot = ${half} WHERE id = 'A'`, ['door A', 'door:A:2.0'], /MR/],
  [`UPDATE instance_history SET context = ${half}, before = ${half}, after = ${half}`, [], /./],
  [`UPDATE inbox SET request = ${half}`, ['asked'], /./],
  [`UPDATE idempotency SET result = ${half} WHERE scope = 'start'`, [], /./],
  [`UPDATE meta SET value = ${half} WHERE name = 'cursor'`, [], /./],
];

it.each(cases)('%s: told, and all else goes on', async (sql, whose, code) => {
  const file = broken(sql);
  if (sql.includes('half') && !/mapped|waits SET|meta|idempotency|history/.test(sql))
    expect(checkDatabase(file).map(({ rule }) => rule)).toContain('json');
  const { ends, told } = await drive(file);
  const others = (all: Readonly<Record<string, string>>): object =>
    Object.fromEntries(Object.entries(all).filter(([id]) => !whose.includes(id)));
  expect(others(ends)).toEqual(others(reference));
  for (const id of whose) if (reference[id] !== ends[id]) expect(`${ends[id]} ${told.join('\n')}`).toMatch(code);
  const reader = openReader(file);
  expect(reader.runs().length).toBeGreaterThan(10);
  reader.close();
});

it.each(['fields', 'clock', 'versions test'])(
  'what all runs share, %s, is refused with a code, and can be read',
  (name) => {
    const file = broken(`INSERT OR REPLACE INTO meta VALUES ('${name}', ${half})`);
    const open = (): unknown =>
      new ReactiveSystemRuntime(
        systemOf(format, () => {}),
        { db: file },
      );
    expect(open).toThrow(expect.objectContaining({ code: 'MR3020' }));
    // Nobody has become its owner by that.
    expect(open).toThrow(expect.objectContaining({ code: 'MR3020' }));
    const reader = openReader(file);
    expect(reader.runs().length).toBeGreaterThan(10);
    reader.close();
  },
);
