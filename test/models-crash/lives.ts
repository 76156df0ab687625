import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openReader, type Reader } from 'millrace/runtime';
import { openSqlite } from 'millrace/store';
import { checkDatabase, seededRandom, startWireServer, type WireCall } from 'millrace/testing';

const child = fileURLToPath(new URL('./child.ts', import.meta.url));

/** What came of it. */
export interface Report {
  readonly kills: number;
  /** Calls that the provider would want to be paid, and those that the database knows to have ended. */
  readonly paid: number;
  readonly recorded: number;
  /** Calls that were made again, because their process died before their answer was committed. */
  readonly again: number;
  /** Calls that were made although their answer was committed. */
  readonly paidTwice: readonly string[];
  /** Calls that one life has made more than once. */
  readonly doubled: readonly string[];
  readonly completed: number;
  /** Why runs have failed, or wait: none may. */
  readonly failures: readonly string[];
  /** Answers that are in the journals of the runs. */
  readonly answers: number;
  /** In USD: what the provider wants, what the budget has booked, what is still set aside. */
  readonly owed: number;
  readonly booked: number;
  readonly open: number;
  readonly violations: readonly unknown[];
}

/** Whose answer it is to be: the run, and whether it is the first or the second of its conversation. */
function keyOf({ body }: Pick<WireCall, 'body'>): string {
  const text = JSON.stringify(body['messages']);
  const [, run = '?'] = /\\"n\\":(\d+)/.exec(text) ?? [];
  return `r${run} ${text.includes('"role":"tool"') ? 2 : 1}`;
}

/** The answers that are committed. */
function committed(db: string, runs: number): ReadonlySet<string> {
  const reader = openReader(db);
  const keys = new Set<string>();
  for (let run = 0; run < runs; run++) for (let n = 1; n <= answersOf(reader, `r${run}`); n++) keys.add(`r${run} ${n}`);
  reader.close();
  return keys;
}

const answersOf = (reader: Reader, run: string): number =>
  reader.tools(run).filter(({ tool, status }) => tool === 'writer' && status === 'succeeded').length;

/**
 * Kills the processes of runs whose steps are done by models, again and again, at moments from a seed, and looks what was
 * paid at the wire. `workers`: how many processes work for the one that drives the database; any of them is killed.
 */
export async function playLives({
  kills,
  seed,
  runs,
  workers = 0,
}: {
  readonly kills: number;
  readonly seed: number;
  readonly runs: number;
  readonly workers?: number;
}): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-models-'));
  const db = join(folder, 'db');
  const random = seededRandom(`models ${seed}`);
  await using server = await startWireServer({
    answer: '{"text":"what there was to say"}',
    scenario: 'toolCall',
    pieceMs: 4,
  });
  const begin = (role: string): ChildProcess =>
    spawn(process.execPath, ['--import', 'tsx', child, db, server.baseURL('chat'), String(runs), role], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const over = (one: ChildProcess) => new Promise<number | null>((resolve) => one.once('exit', resolve));
  const gone = async (one: ChildProcess): Promise<void> => {
    const end = over(one);
    if (one.exitCode === null && one.signalCode === null) {
      one.kill('SIGKILL');
      await end;
    }
  };
  const members: ChildProcess[] = [];
  const paidTwice: string[] = [];
  const doubled: string[] = [];
  let known: ReadonlySet<string> = new Set();
  let mark = 0;
  let done = 0;
  const judge = (): void => {
    const now = server.calls
      .slice(mark)
      .filter(({ paid }) => paid)
      .map(keyOf);
    mark = server.calls.length;
    paidTwice.push(...now.filter((key) => known.has(key)));
    if (workers === 0) doubled.push(...now.filter((key, index) => now.indexOf(key) !== index));
  };
  try {
    const roles = [workers === 0 ? 'alone' : 'owner', ...Array.from({ length: workers }, () => 'worker')];
    for (const role of roles) members.push(begin(role));
    for (;;) {
      const owner = members[0] as ChildProcess;
      const upTo = mark + 20 + Math.floor(random() * 0.3 * runs);
      const delay = random() * 15;
      const victim = Math.floor(random() * members.length);
      const enough = done === kills ? Infinity : upTo;
      while (owner.exitCode === null && server.calls.length < enough) await wait(2);
      if (owner.exitCode !== null) {
        if (owner.exitCode !== 0) throw new Error(`The process has ended with ${owner.exitCode}.`);
        break;
      }
      await wait(delay);
      await gone(members[victim] as ChildProcess);
      done++;
      // What was sent before is on its way.
      await wait(30);
      judge();
      known = new Set([...known, ...committed(db, runs)]);
      members[victim] = begin(roles[victim] as string);
    }
    judge();
    const reader = openReader(db);
    const store = openSqlite(db);
    const used = store.tables.usage;
    const [recorded] = used.sums(undefined);
    const cost = new Map<number, number>();
    for (let run = 0; run < runs; run++)
      for (const [index, { micros }] of used.of(`r${run}`).slice(0, 2).entries())
        cost.set(index + 1, (micros ?? 0) / 1e6);
    const paid = server.calls.filter((call) => call.paid).map(keyOf);
    const total = store.tables.budgets.account('total');
    const report = {
      kills: done,
      paid: paid.length,
      recorded: recorded?.calls ?? 0,
      again: paid.length - new Set(paid).size,
      paidTwice,
      doubled,
      completed: reader.counts().completed ?? 0,
      failures: [...new Set(reader.runs().flatMap(({ error }) => (error === undefined ? [] : [error.message])))],
      answers: committed(db, runs).size,
      owed: paid.reduce((sum, key) => sum + Math.min(...(key.endsWith('1') ? [cost.get(1) ?? 0] : cost.values())), 0),
      booked: (total?.spent ?? 0) / 1e6,
      open: (total?.reserved ?? 0) / 1e6,
      violations: checkDatabase(store),
    };
    reader.close();
    store.close();
    return report;
  } finally {
    for (const one of members) await gone(one);
    rmSync(folder, { recursive: true });
  }
}
