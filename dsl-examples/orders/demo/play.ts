import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SystemModel } from 'millrace/model';
import { readOrders } from './feed.ts';
import { declared, picture, stepsOf } from './picture.ts';
import { readFinals, readStanding, readState, tally, type Standing } from './state.ts';
import { readEffects, verify, type Evidence, type Verdict } from './verify.ts';
import { describe, list, tell as tellVerdict } from './words.ts';
import type { WorkerMessage } from './worker.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const source = here('../orders.dsl.ts');
const run = promisify(execFile);
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export interface Options {
  /** The folder in which everything happens; emptied first. */
  readonly work: string;
  /** How many lines of the file are fed. */
  readonly orders: number;
  readonly say: (line: string) => void;
  /** How long a day takes. Default 2. */
  readonly secondsPerDay?: number;
  /** How many new orders come in a second. Default 45. */
  readonly ordersPerSecond?: number;
}

export interface Played {
  /** Does everything hold that must? */
  readonly ok: boolean;
  readonly seconds: number;
  readonly counts: Verdict['counts'];
  /** What was judged, to be judged again. */
  readonly evidence: Evidence;
}

/** Plays the whole story, and gives its end as data. */
export async function play(options: Options): Promise<Played> {
  const { say, secondsPerDay = 2, ordersPerSecond = 45 } = options;
  const began = Date.now();
  const seconds = (): string => `${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s`;
  const title = (number: number, text: string): void => say(`\n${number}. ${text}\n`);

  const work = resolve(options.work);
  const database = join(work, 'orders.db');
  const shop = join(work, 'shop');
  const file = join(work, 'orders.jsonl');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(shop, { recursive: true });
  const text = readFileSync(here('../orders.jsonl'), 'utf8').split('\n').slice(0, options.orders).join('\n');
  writeFileSync(file, `${text}\n`);
  const lines = readOrders(`${text}\n`, 'orders.jsonl');
  const valid = lines.filter((line) => 'order' in line).length;

  title(1, `What was declared: ${relative('.', source)}`);
  const model = (await dsl('inspect', source, '--json')) as SystemModel;
  say(`   ${declared(model)}\n`);
  for (const flow of Object.values(model.flows)) say(`   flow ${flow.name}: ${stepsOf(flow.body.steps)}`);
  for (const machine of Object.values(model.machines))
    say([`\n   machine ${machine.name}, one for each ${machine.key}:`, ...picture(machine)].join('\n     '));

  title(2, 'What was compiled: dsl compile');
  const compiled = (await dsl('compile', source, '--json')) as Compiled;
  for (const { name, files, written, hash } of compiled.systems) {
    say(
      `   ${name}: ${files.length} files, ${written === 0 ? 'all of them up to date' : `${written} written`}, model ${hash.slice(0, 12)}`,
    );
    for (const path of files) say(`     ${relative('.', resolve(path))}`);
  }

  title(
    3,
    `What runs: ${lines.length} lines of orders.jsonl; a day takes ${secondsPerDay} s; the carrier is a process of its own`,
  );
  const refused = new Set<string>();
  let fed = 0;
  const startWorker = (): ChildProcess => {
    const worker = fork(here('./worker.ts'), [database, file, String(secondsPerDay), String(ordersPerSecond)], {
      env: { ...process.env, SHOP_DIR: shop },
    });
    worker.on('message', (message: WorkerMessage) => {
      if ('fed' in message) fed = message.fed;
      if ('refused' in message && !refused.has(message.refused)) {
        refused.add(message.refused);
        say(`   refused  ${message.refused.slice(0, 110)}`);
      }
    });
    return worker;
  };
  let worker = startWorker();
  const outside = fork(here('./outside.ts'), [shop, database]);
  // Whatever goes wrong here, no process stays behind.
  const everybody = (): readonly ChildProcess[] => [worker, outside];
  process.once('exit', () => everybody().forEach((one) => one.kill('SIGKILL')));
  const mustLive = (): void => {
    for (const one of everybody())
      if (one.exitCode !== null || one.signalCode !== null)
        throw new Error(`${one.spawnargs[1]} has ended (${one.exitCode ?? one.signalCode})`);
  };
  const tell = (standing: Standing): void =>
    say(`   ${seconds()}  day ${standing.day.toFixed(0).padStart(2)}  ${describe(standing)}`);

  for (let next = 0; ; next++) {
    mustLive();
    if (fed >= valid / 2) break;
    if (fed > 0 && next % 8 === 7) tell(readStanding(database));
    await pause(200);
  }

  title(4, 'The kill');
  outside.send('pause');
  await once(outside, 'message');
  const pid = worker.pid ?? 0;
  const died = once(worker, 'exit');
  worker.kill('SIGKILL');
  await died;
  say(`   kill -9 ${pid}, with ${fed} of ${valid} orders fed. What the database says:\n`);
  const killed = { state: readState(database), logged: readEffects(shop).length };
  const statuses = tally([...killed.state.steps.values()].map((step) => step.status));
  say(`   orders  ${describe(readStanding(database))}`);
  say(`   runs    ${list(tally(killed.state.runs.map((one) => one.status)))}`);
  say(`   steps   ${list(statuses)}`);

  title(5, 'The recovery: the same command again');
  worker = startWorker();
  await once(worker, 'message');
  outside.send('go');
  for (let next = 0; ; next++) {
    mustLive();
    const standing = readStanding(database);
    const open = [...standing.states].filter(([state]) => state !== 'closed' && state !== 'cancelled');
    if (next % 10 === 5) tell(standing);
    if (fed === valid && open.length === 0 && standing.active === 0) {
      tell(standing);
      break;
    }
    if (Date.now() - began > 300_000)
      throw new Error(`after five minutes there still are orders on their way: ${describe(standing)}`);
    await pause(250);
  }
  outside.kill();
  const ended = once(worker, 'exit');
  worker.send('stop');
  await ended;

  title(6, 'What came of it, by the database, the shop’s books and the log of what was executed');
  const state = readState(database);
  const finals = readFinals(database, state);
  const evidence: Evidence = { state, finals, shop, lines, refused: [...refused], killed };
  const verdict = verify(evidence);
  const ok = tellVerdict(verdict, state, say);
  say(`   ${ok ? 'Every order ended exactly once' : 'SOMETHING IS OFF'}, after ${seconds().trim()}.\n`);
  return { ok, seconds: Math.round((Date.now() - began) / 100) / 10, counts: verdict.counts, evidence };
}

interface Compiled {
  readonly systems: readonly {
    readonly name: string;
    readonly hash: string;
    readonly files: readonly string[];
    readonly written: number;
  }[];
}

async function dsl(...args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [here('../../../dist/cli/main.js'), ...args], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}
