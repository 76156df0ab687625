/**
 * Durable steps per second of one flow of ten steps, with 1, 10 and 100 runs at a time: this engine on SQLite with
 * `synchronous=FULL`, Restate (one node), DBOS (PostgreSQL with fsync) and LangGraph (SQLite, `synchronous=FULL`). Each is
 * a process of its own, and they take turns. What they need is installed on demand, outside of this project's
 * dependencies; a peer that cannot be installed here has no row, and stderr says why. At the end, how long this engine and
 * Restate take to end what was in flight when they were killed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compared, median, type Row } from '../table.ts';
import { install, machine } from './install.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import { recovery } from './recovery.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const rounds = 3;

/** Steps per second by the number of concurrent runs. */
type Measured = Readonly<Record<string, number>>;
interface Peer {
  readonly name: string;
  /** What the ratio of ours to it has to be, by the number of concurrent runs. */
  readonly targets: Readonly<Record<string, number>>;
  /** Concurrent runs and runs in all: the slower the fewer. */
  readonly plan: readonly string[];
  /** It is built against the headers of the machine's own Node, so it runs on that one. */
  readonly native?: true;
}
const peers: readonly Peer[] = [
  { name: 'restate', targets: { 1: 1.2, 10: 4, 100: 8 }, plan: ['1:100', '10:300', '100:1000'] },
  { name: 'dbos', targets: { 1: 2, 10: 6, 100: 20 }, plan: ['1:50', '10:300', '100:1000'] },
  { name: 'langgraph', targets: { 1: 4, 10: 15, 100: 50 }, plan: ['1:50', '10:100', '100:300'], native: true },
];

function measure(script: string, plan: readonly string[], environment: NodeJS.ProcessEnv, command = 'node'): Measured {
  const state = mkdtempSync(join(tmpdir(), 'millrace-peer-'));
  try {
    const { status, stdout, stderr } = spawnSync(command, [script, ...plan], {
      env: { ...environment, STATE: state },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    if (status !== 0 || !last.startsWith('{'))
      throw new Error(`${script} ended with ${status}:\n${stderr.slice(-2000)}`);
    return JSON.parse(last) as Measured;
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

export async function run(): Promise<readonly Row[]> {
  const ready = peers.flatMap((peer) => {
    const folder = install(peer.name);
    return folder === undefined ? [] : [{ ...peer, folder, script: join(folder, 'peer.mjs') }];
  });
  const folder = mkdtempSync(join(tmpdir(), 'millrace-peers-'));
  const postgres: Postgres | undefined = startPostgres(join(folder, 'postgres'));
  if (postgres === undefined)
    console.error('dbos is not compared: there is no PostgreSQL here (apt-get install postgresql).');
  const taking = ready.filter(({ name }) => name !== 'dbos' || postgres !== undefined);
  // A database of its own each round: a run that is known there already would be answered, not run.
  const database = (round: number) => (postgres === undefined ? {} : { DATABASE_URL: `${postgres.url}${round}` });
  const ours: Measured[] = [];
  const theirs = new Map<string, Measured[]>(taking.map(({ name }) => [name, []]));
  try {
    for (let round = 0; round < rounds; round += 1) {
      ours.push(
        measure(join(here, 'millrace', 'peer.ts'), ['1:200', '10:1000', '100:4000'], process.env, process.execPath),
      );
      for (const { name, script, plan, native } of taking) {
        const environment = native === true ? machine : process.env;
        theirs.get(name)?.push(measure(script, plan, { ...environment, ...database(round) }));
      }
    }
  } finally {
    postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const rates = ['1', '10', '100'].flatMap((concurrent) => {
    const own = median(ours.map((each) => each[concurrent] ?? Number.NaN));
    return taking.flatMap(({ name, targets }) => {
      const value = median((theirs.get(name) ?? []).map((each) => each[concurrent] ?? Number.NaN));
      const peer = { name: `${name}, C=${concurrent}`, value };
      const target = `>= ${targets[concurrent] ?? 1}`;
      return [{ ...peer, unit: 'steps/s' }, compared(`millrace, C=${concurrent}`, own, 'steps/s', peer, target)];
    });
  });
  const restate = ready.find(({ name }) => name === 'restate');
  return restate === undefined ? rates : [...rates, ...(await recovery(restate.folder))];
}
