import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from 'millrace/core';
import { registerDeployment, RestateClient, type Registered } from 'millrace/restate';
import { serveChild } from '../../../src/restate/fixtures/child.ts';
import { startRestate, type TestRestate } from '../../../src/restate/fixtures/restate.ts';
import { freePorts } from '../../../src/restate/server/taken.ts';
import { missingServer } from '../../restate/installed.ts';
import { common, outcome } from './common.ts';
import type { End, Engine, EngineKind, OpenOptions } from './engine.ts';
import { notesIn } from './file-world.ts';
import { endpointOf, systemOf, type ServedArgs } from './served.ts';

/** The longest that a case may take to come to its end, in ms, where a minute of it takes `pace`. */
const longest = 90_000;
const pace = 400;
/** How long a minute of the cases takes here, in ms: longer where others keep the machine busy. */
const minute = (): number => pace * Math.min(4, Math.max(1, (loadavg()[0] ?? 0) / availableParallelism() / 3));
/** Nothing has happened for so long: all has come to rest. An attempt that is under way may take longer. */
const quiet = { waiting: 100, working: 700 };

/** The engine for more than one machine, on a real server that all cases share. */
export const restate: EngineKind = {
  name: 'restate',
  atOnce: 10,
  open: async (options = {}) => open(await server(), options),
  missing: () => Promise.resolve(missingServer()),
  shut: async () => {
    const ending = shared;
    shared = undefined;
    await (await ending)?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  },
};

let shared: Promise<TestRestate> | undefined;
let folder: string | undefined;
let count = 0;
const port = async (): Promise<number> => (await freePorts(1))[0] ?? 0;
const server = (): Promise<TestRestate> => (shared ??= startRestate());

async function open(
  place: TestRestate,
  { turns = [], scheduled = false, slower = 1, does = [] }: OpenOptions,
): Promise<Engine> {
  folder ??= mkdtempSync(join(tmpdir(), 'millrace-engines-'));
  const number = ++count;
  // The first whole hour of a schedule is an hour away, as with the embedded engine.
  const origin = { real: Date.now(), virtual: Date.UTC(2026, 0, 1) };
  const args: ServedArgs = {
    name: `case${number}`,
    file: join(folder, `${number}.jsonl`),
    turns,
    scheduled,
    ingress: place.ingress,
    admin: place.admin,
    factor: 60_000 / (minute() * slower),
    origin,
  };
  const patience = (longest * Math.max(1, 60_000 / args.factor / pace)) | 0;
  const clock = systemClock({ factor: args.factor, origin });
  // A process of its own for what is to be killed; it costs a second of two cores.
  const endpoint = endpointOf(args);
  const child = does.some((deed) => deed.do === 'crash')
    ? await serveChild(new URL('./served.ts', import.meta.url), await port(), args)
    : undefined;
  const served = child === undefined ? await endpoint.serve() : undefined;
  const register = (): Promise<Registered> =>
    registerDeployment({ admin: place.admin, uri: (child ?? served)?.uri ?? '', endpoint });
  // A server that others keep busy may not come to it in time.
  const { id: deployment } = await register().catch(register);
  const client = new RestateClient(systemOf(args), { ingress: place.ingress, admin: place.admin, clock });
  const system = `target_service_name LIKE '${args.name}.%'`;

  /** What can be seen of all runs, instances and events: when it does not change, nothing happens. */
  const picture = async (): Promise<string> => {
    const rows = await place.sql(
      `SELECT id, status, journal_size FROM sys_invocation WHERE ${system} AND status <> 'scheduled' ORDER BY id`,
    );
    return JSON.stringify(rows);
  };
  const still = async (ms: number): Promise<void> => {
    const until = performance.now() + patience;
    let last = await picture();
    for (let since = performance.now(); performance.now() - since < ms;) {
      if (performance.now() > until) throw new Error(`Nothing comes to rest: ${last}`);
      await delay(50);
      const now = await picture();
      if (now !== last) since = performance.now();
      last = now;
    }
  };
  const rest = (): Promise<void> => still(quiet.waiting);
  const shared = common(() => client, rest);
  return {
    ...shared,
    status: async (run) => {
      const first = await shared.status(run);
      if (first !== 'running' && first !== 'pending') return first;
      await still(quiet.working);
      return shared.status(run);
    },
    task: async (name, input) => outcome(await client.executeTask(name, input)),
    pass: async (minutes) => {
      const until = clock.now() + minutes * 60_000;
      await new Promise<void>((resolve) => clock.at(until, resolve));
    },
    crash: async () => {
      await child?.kill();
      await child?.restart();
    },
    end: async (run): Promise<End> => {
      const { status, output, error } = await client.result(run, { signal: AbortSignal.timeout(patience) });
      return {
        status: status as End['status'],
        ...(status === 'completed' ? { output } : {}),
        ...(status === 'failed' && error !== undefined ? { error: error.message } : {}),
      };
    },
    done: () => notesIn(args.file).done,
    asked: () => notesIn(args.file).asked,
    close: async () => {
      await client.close();
      await child?.kill();
      await served?.close();
      // What waits for ever would be tried for ever.
      const rows = await place.sql(`SELECT id FROM sys_invocation WHERE ${system} AND status <> 'completed'`);
      await Promise.all(rows.map(({ id }) => place.ask('PATCH', `/invocations/${String(id)}/kill`)));
      // With all cases known at once each registration would take longer than the one before.
      await place.ask('DELETE', `/deployments/${deployment}?force=true`);
    },
  };
}
