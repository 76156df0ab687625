import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openSqlite } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { checkDatabase, SimulatedClock } from 'millrace/testing';
import { steps } from '../../src/store/sqlite/schema.ts';
import { anyFlow, anyTask, at } from '../../src/runtime/fixtures/bind.ts';
import { noPreload, buildLibrary, runScript } from '../faults/preload.ts';
import { inFlight, laterInFlight, systemOf } from './system.ts';
import { writeDatabase } from './write.ts';

const script = new URL('../faults/open-child.ts', import.meta.url);

const here = fileURLToPath(new URL('.', import.meta.url));
const released = readdirSync(here)
  .flatMap((name) => /^format-(\d+)\.sql$/.exec(name)?.[1] ?? [])
  .map(Number);
/** When the files were written: their runs were five minutes old then. */
const written = Date.UTC(2026, 0, 1) + 300_000;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'millrace-golden-'));
  file = join(folder, 'test.db');
});
beforeEach(() => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Makes the database of a format anew: of the present one by running it, of earlier ones from what is kept. */
async function make(format: number): Promise<void> {
  if (format === steps.length) return writeDatabase(file, format);
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA synchronous = OFF; BEGIN; ${readFileSync(join(here, `format-${format}.sql`), 'utf8')} COMMIT`);
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: format });
  db.close();
}

/** The steps that the database has recorded as ended. */
function endedIn(path: string): Set<string> {
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare(`SELECT run || ' ' || path AS step FROM journal WHERE kind IN ('completed', 'failed')`).all();
  db.close();
  return new Set(rows.map(({ step }) => String(step)));
}

const formats = [...released, steps.length].sort((a, b) => a - b);

it('keeps a database of every format before the present one', () => {
  expect(formats).toEqual(Array.from({ length: steps.length }, (_, index) => index + 1));
});

describe.each(formats)('a database of format %i', (format) => {
  const open = (effect: Parameters<typeof systemOf>[1], more: object = {}) => {
    const clock: SimulatedClock = new SimulatedClock({ start: written, settle: () => runtime.idle() });
    const system = { ...systemOf(format, effect), ...more };
    const runtime = new ReactiveSystemRuntime(system, { db: file, clock, logger: silentLogger });
    return { runtime, clock };
  };

  it('is opened, brought up to date, and all its runs come to the ends that they had before them', async () => {
    await make(format);
    const before = endedIn(file);
    expect(before.size).toBeGreaterThan(8);
    const again: string[] = [];
    const done: string[] = [];
    const { runtime, clock } = open(({ runId, step }) => {
      done.push(`${runId} ${step}`);
      if (before.has(`${runId} ${step}`)) again.push(`${runId} ${step}`);
    });
    // What was asked for under a key, or by another process, was asked for once.
    expect(await runtime.start('sleeps', 1, { idempotencyKey: 'key of sleeps' })).toEqual({
      runId: 'sleeps',
      attached: true,
    });
    await runtime.sendEvent('opened', { id: 'A' }, { idempotencyKey: 'open' });
    await runtime.sendEvent('told', { n: 1, text: 'at last' });
    if (format >= 3) {
      await runtime.resume('paused');
      await runtime.decide('asks', 'word', { approved: true, by: 'ada' });
    }
    for (let hour = 0; hour < 6; hour++) await clock.advance('30m');
    await runtime.idle();
    const ends = Object.fromEntries(
      runtime
        .list()
        .filter(({ target }) => target !== 'tick')
        .map(({ id, status, output }) => [id, output === undefined ? status : `${status} ${JSON.stringify(output)}`]),
    );
    expect(ends).toEqual({
      asked: 'completed 5',
      calls: 'completed 2',
      'calls/under': 'completed 2',
      cancelled: 'cancelled',
      catches: 'completed "caught yes"',
      'door:A:2.0': 'completed 5',
      fails: 'failed',
      parts: 'completed "2,3,2,3,4"',
      retries: 'completed 2',
      rounds: 'completed 2',
      sleeps: 'completed 3',
      waits: 'completed "at last"',
      ...(format < 3
        ? {}
        : {
            asks: 'completed "ada"',
            graphs: 'completed {"a":2,"b":2,"c":5}',
            'graphs/graph/b': 'completed 2',
            paused: 'completed 3',
            races: 'completed "quick"',
          }),
    });
    expect(again).toEqual([]);
    expect(done).toContain('sleeps two');
    if (format >= 3) {
      expect(done).toContain('races race/slow/s/~undo');
      expect(runtime.list({ target: 'tick' }).length).toBeGreaterThanOrEqual(3);
    }
    expect(runtime.get('door', 'A')).toMatchObject({ state: ['did'], context: { opened: 1 } });
    expect(runtime.history('door', 'A').map(({ event }) => event)).toEqual(['tick', 'done.run.job', 'open', '']);
    expect(runtime.get('door', 'B')).toMatchObject({ state: ['shut'] });
    await runtime.close();
    expect(checkDatabase(file)).toEqual([]);
  });

  it('blocks the runs whose flow has changed, does nothing of theirs, and goes on with the others', async () => {
    await make(format);
    const done: string[] = [];
    const other = anyTask('other');
    const changed = anyFlow('sleeps', async (host, n: number) => {
      await host.step('zero', () => other(n), at);
      await host.step('one', () => other(n), at);
    });
    const flows = { ...systemOf(format, () => {}).flows, sleeps: changed };
    const { runtime, clock } = open(({ runId, step }) => void done.push(`${runId} ${step}`), { flows });
    for (let hour = 0; hour < 4; hour++) await clock.advance('30m');
    expect(runtime.status('sleeps')).toMatchObject({
      status: 'blocked',
      error: { code: expect.stringMatching(/^MR32/) },
    });
    expect(done.filter((step) => step.startsWith('sleeps '))).toEqual([]);
    expect(runtime.status('parts')).toMatchObject({ status: 'completed' });
    await runtime.close();
    // The old code again: it goes on.
    const after = open(({ runId, step }) => void done.push(`${runId} ${step}`));
    expect(await after.runtime.result('sleeps')).toMatchObject({ success: true, output: 3 });
    await after.runtime.close();
    expect(checkDatabase(file)).toEqual([]);
  });

  it('has the runs in flight that it says it has', async () => {
    await make(format);
    const store = openSqlite(file);
    const flying = store.tables.runs
      .list({})
      .filter(({ ended }) => ended === null)
      .map(({ id }) => id);
    expect(flying).toEqual(expect.arrayContaining([...inFlight, ...(format < 3 ? [] : laterInFlight)]));
    expect(checkDatabase(store)).toEqual([]);
    store.close();
  });
});

if (noPreload !== undefined) console.warn(`Upgrades are not killed midway: ${noPreload}.`);
describe.skipIf(noPreload !== undefined)('an upgrade that is killed', () => {
  /** Every how many writes and syncs: `UPGRADE=1` takes all of them. */
  const every = Number(process.env['UPGRADE'] ?? 11);

  function contents(): unknown {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      const parts = db.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();
      const rows = parts.flatMap(({ name, sql }) =>
        String(sql).startsWith('CREATE TABLE') ? [[name, db.prepare(`SELECT * FROM ${String(name)}`).all()]] : [],
      );
      return [db.prepare('PRAGMA user_version').get(), parts, rows];
    } finally {
      db.close();
    }
  }

  it.each(released)(
    'of format %i: sound at every moment, and the next one brings it to its end',
    async (format) => {
      using library = buildLibrary();
      await make(format);
      openSqlite(file).close();
      const whole = contents();
      let kills = 0;
      for (let n = 1; ; n += every) {
        for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true });
        await make(format);
        const fault = { path: file, at: n, call: 'any', what: n % 2 === 0 ? 'kill' : 'torn' } as const;
        const { signal, code } = await runScript(script, [file], library.file, fault);
        if (signal !== 'SIGKILL') {
          expect(code).toBe(0);
          break;
        }
        kills++;
        const db = new DatabaseSync(file);
        expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
        const { user_version: now } = db.prepare('PRAGMA user_version').get() ?? {};
        expect(Number(now)).toBeGreaterThanOrEqual(format);
        db.close();
        openSqlite(file).close();
        expect(contents()).toEqual(whole);
      }
      expect(kills).toBeGreaterThan(format === steps.length - 1 ? 1 : 2);
    },
    120_000,
  );
});

it('a database of a format after the present one is refused, and stays as it is', async () => {
  await make(steps.length);
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA journal_mode = DELETE; PRAGMA user_version = ${steps.length + 1}`);
  db.close();
  const before = readFileSync(file);
  expect(() => openSqlite(file)).toThrow(expect.objectContaining({ code: 'MR3004' }));
  expect(readFileSync(file).equals(before)).toBe(true);
});
