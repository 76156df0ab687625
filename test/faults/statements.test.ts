import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite, type Store } from 'millrace/store';
import { checkDatabase } from 'millrace/testing';
import { play, World } from './scenario.ts';
import { SqlFaults, type SqlFault, type SqlPoint } from './sql.ts';

// Real files, in memory where that can be had: that syncs cost nothing there changes nothing here.
const disk = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(disk, 'millrace-statements-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly end: unknown;
  readonly points: number;
  readonly transactions: number;
  readonly seen: ReadonlyMap<string, number>;
  readonly wrong: readonly string[];
  /** Was there such a point? */
  readonly hit: boolean;
  /** What the first process ended with, if it did. */
  readonly error: unknown;
}

/** Plays the scenario with one fault in it, then goes on as the next process would. */
async function playWith(fault: (point: SqlPoint) => SqlFault | undefined): Promise<Outcome> {
  const file = join(folder, 'test.db');
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  const world = new World();
  const wrong: string[] = [];
  const finished = new Set<string>();
  const effect = ({ runId, step }: { runId: string; step: string }): void => {
    if (finished.has(`${runId} ${step}`)) wrong.push(`${step} of ${runId} was done again`);
  };
  let hit = false;
  const first = openSqlite(file);
  using faults = new SqlFaults((point) => {
    const gone = fault(point);
    hit ||= gone !== undefined;
    return gone;
  });
  let end: unknown;
  let stopped: unknown;
  try {
    const runtime = world.open(first, effect);
    end = await play(runtime, world.clock);
    runtime.abandon();
  } catch (error) {
    if (!hit) throw error;
    stopped = error;
  }
  world.leave();
  const { points, transactions, seen } = faults;
  faults[Symbol.dispose]();
  // What the connection had begun is taken back, as when its process is gone.
  first.close();
  wrong.push(...unsound(file));
  const store = openSqlite(file);
  try {
    note(store, finished);
    if (stopped !== undefined) {
      store.transaction((tx) => tx.owner.release());
      const runtime = world.open(store, effect);
      end = await play(runtime, world.clock);
      await runtime.close();
      wrong.push(...unsound(file));
    }
  } finally {
    store.close();
  }
  return { end, points, transactions, seen, wrong, hit, error: stopped };
}

const unsound = (file: string): string[] => checkDatabase(file).map(({ at, message }) => `${at}: ${message}`);

function note({ tables }: Store, finished: Set<string>): void {
  for (const { id } of tables.runs.list({}))
    for (const { path, kind } of tables.journal.of(id)) if (kind === 'completed') finished.add(`${id} ${path}`);
}

let reference: Outcome;
beforeAll(async () => {
  reference = await playWith(() => undefined);
});

it('is a scenario in which every table is written and every kind of transaction has its turn', () => {
  const { points, transactions, seen, wrong } = reference;
  console.info(`${points} points at ${points / 2} statements in ${transactions} transactions`);
  expect(wrong).toEqual([]);
  expect(transactions).toBeGreaterThan(40);
  const written = [...seen.keys()].filter((kind) => /^(INSERT|UPDATE|DELETE) /.test(kind));
  const tables = new Set(written.map((kind) => kind.slice(kind.indexOf(' ') + 1)));
  const expected = `consumed event_keys events idempotency inbox instance_history instances journal
    ledger meta owner progress runs timers waits`;
  expect([...tables].sort()).toEqual(expected.split(/\s+/));
});

it('ends the same, whatever statement the process dies before or after', async () => {
  // To die after a statement or before the next one is the same for the file, if it was not a commit.
  const tried: number[] = [];
  await playWith(({ n, sql, moment }) => {
    if (process.env['STATEMENTS'] === '1' || moment === 'before' || sql === 'COMMIT') tried.push(n);
    return undefined;
  });
  expect(tried.length).toBeGreaterThan(reference.points / 2);
  for (const n of tried) {
    const { end, wrong, hit, error } = await playWith((point) => (point.n === n ? 'die' : undefined));
    expect({ n, end, wrong, hit }).toEqual({ n, end: reference.end, wrong: [], hit: true });
    expect((error as Error).name).toBe('Died');
  }
}, 300_000);

/** Of the failures every seventh statement is taken here; `STATEMENTS=1` takes each. */
const every = Number(process.env['STATEMENTS'] ?? 7);

describe.each([
  ['SQLITE_BUSY', 5, 'MR3001'],
  ['SQLITE_IOERR', 10, 'MR3006'],
  ['SQLITE_FULL', 13, 'MR3005'],
] as const)('%s', (_, errcode, code) => {
  it.each([
    ['at one statement', (n: number, at: number) => n === at],
    ['at one statement and all after it', (n: number, at: number) => n >= at],
  ] as const)(
    '%s: all or nothing, coded, and it goes on',
    async (_when, is) => {
      let failures = 0;
      for (let at = 1; at <= reference.points; at += every) {
        const { end, wrong, error, hit } = await playWith(({ n, sql, moment }) =>
          // A commit that came back as busy has not happened.
          is(n, at) && !(errcode === 5 && moment === 'after' && sql === 'COMMIT') ? { errcode } : undefined,
        );
        expect({ at, end, wrong }).toEqual({ at, end: reference.end, wrong: [] });
        if (error !== undefined) expect({ at, error }).toMatchObject({ at, error: { code } });
        failures += Number(hit);
      }
      expect(failures).toBeGreaterThan((0.8 * reference.points) / every);
    },
    240_000,
  );
});
