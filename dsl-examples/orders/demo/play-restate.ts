import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from 'millrace/core';
import { findServer, RestateClient, startServer, type RestateServer } from 'millrace/restate';
import system from '../../../generated/orders/index.ts';
import type { Place } from './endpoint.ts';
import { readOrders } from './feed.ts';
import type { Options, Played } from './play.ts';
import { askFinals, askStanding, askState } from './restate-state.ts';
import { tally, type Standing } from './state.ts';
import { readEffects, verify, type Evidence } from './verify.ts';
import { describe, list, tell as tellVerdict } from './words.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The same story on Restate; what is killed in the middle is its server. */
export async function playOnRestate(options: Options): Promise<Played> {
  const { say, secondsPerDay = 3, ordersPerSecond = 15 } = options;
  const began = Date.now();
  const seconds = (): string => `${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s`;
  const title = (number: number, text: string): void => say(`\n${number}. ${text}\n`);
  const work = resolve(options.work);
  const shop = join(work, 'shop');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(shop, { recursive: true });
  const text = readFileSync(here('../orders.jsonl'), 'utf8').split('\n').slice(0, options.orders).join('\n');
  const lines = readOrders(`${text}\n`, 'orders.jsonl');
  const valid = lines.filter((line) => 'order' in line).length;

  title(1, 'What it runs on: a server of Restate, and the shop as its endpoint');
  install(say);
  const [admin = 0, ingress = 0, node = 0] = await freePorts(3);
  const start = (): Promise<RestateServer> =>
    startServer({ folder: join(work, 'restate'), ports: { admin, ingress, node }, memory: '512 MiB' });
  let server = await start();
  say(`   server  ${server.version} at ${server.ingress}, process ${server.pid}; its UI is ${server.admin}`);
  const clock = { factor: 86_400 / secondsPerDay, origin: { real: began, virtual: began } };
  const place: Place = { admin: server.admin, ingress: server.ingress, clock };
  const env = { ...process.env, SHOP_DIR: shop };
  const endpoint = fork(here('./endpoint.ts'), [JSON.stringify(place)], { env });
  let outside: ChildProcess | undefined;
  process.once('exit', () => [endpoint, outside].forEach((one) => one?.kill('SIGKILL')));
  const mustLive = (): void => {
    for (const one of [endpoint, outside])
      if (one !== undefined && (one.exitCode !== null || one.signalCode !== null))
        throw new Error(`${one.spawnargs[1]} has ended (${one.exitCode ?? one.signalCode})`);
  };
  const ready = await Promise.race([once(endpoint, 'message'), once(endpoint, 'exit').then(() => undefined)]);
  mustLive();
  say(`   shop    ${String(ready?.[0])}, process ${endpoint.pid}`);
  const client = new RestateClient(system, { ...place, clock: systemClock(clock), patienceMs: 120_000 });

  title(2, `What runs: ${lines.length} lines of orders.jsonl; a day takes ${secondsPerDay} s`);
  outside = fork(here('./outside.ts'), [shop, JSON.stringify(place)]);
  const refused = new Set<string>();
  const fed = { orders: 0 };
  const feeding = (async () => {
    for (const line of lines) {
      if ('problem' in line) {
        refused.add(line.problem);
        say(`   refused  ${line.problem.slice(0, 110)}`);
        continue;
      }
      await client.sendEvent('orderPlaced', line.order, { idempotencyKey: line.key });
      fed.orders++;
      // Customers do not all come at once.
      await pause(1000 / ordersPerSecond);
    }
  })();
  const fails = new Promise<never>((_, reject) => void feeding.catch(reject));
  fails.catch(() => {});
  const tell = (standing: Standing): void =>
    say(`   ${seconds()}  day ${standing.day.toFixed(0).padStart(2)}  ${describe(standing)}`);
  for (let next = 0; fed.orders < valid / 2; next++) {
    mustLive();
    if (fed.orders > 0 && next % 10 === 9) tell(await askStanding(client));
    await Promise.race([pause(200), fails]);
  }

  title(3, 'The kill of the server');
  // What is finished by now must not run again; what the server has not heard the end of when it dies, may: once.
  const state = await askState(client);
  await server.kill();
  const effects = readEffects(shop);
  const begun = new Set(effects.map(({ run, step }) => `${run} ${step}`));
  const underWay = [...begun].filter((id) => state.steps.get(id)?.status !== 'completed');
  say(`   kill -9 ${server.pid}, with ${fed.orders} of ${valid} orders fed. What the server had said:\n`);
  say(`   runs    ${list(tally(state.runs.map((one) => one.status)))}`);
  say(`   steps   ${list(tally([...state.steps.values()].map((step) => step.status)))}`);
  const killed = { state, logged: effects.length, underWay };
  await pause(1500);

  title(4, 'The recovery: the server is started again; the shop and its customers have waited');
  server = await start();
  say(`   server  process ${server.pid}`);
  for (let next = 0; ; next++) {
    mustLive();
    await Promise.race([pause(500), fails]);
    const standing = await askStanding(client);
    const open = [...standing.states].filter(([name]) => name !== 'closed' && name !== 'cancelled');
    if (next % 6 === 5) tell(standing);
    if (fed.orders === valid && open.length === 0 && standing.active === 0) {
      tell(standing);
      break;
    }
    if (Date.now() - began > 420_000)
      throw new Error(`after seven minutes there still are orders on their way: ${describe(standing)}`);
  }
  await feeding;
  outside.kill();

  title(5, 'What came of it, by the server, the shop’s books and the log of what was executed');
  const end = await askState(client);
  const finals = await askFinals(client, end);
  const ended = once(endpoint, 'exit');
  endpoint.send('stop');
  await ended;
  await server.stop();
  const evidence: Evidence = { state: end, finals, shop, lines, refused: [...refused], killed };
  const verdict = verify(evidence);
  const ok = tellVerdict(verdict, end, say);
  say(`   ${ok ? 'Every order ended exactly once' : 'SOMETHING IS OFF'}, after ${seconds().trim()}.\n`);
  return { ok, seconds: Math.round((Date.now() - began) / 100) / 10, counts: verdict.counts, evidence };
}

/** The server is 180 MB and no dependency of anything: it is installed for whoever wants it. */
function install(say: (line: string) => void): void {
  try {
    findServer();
  } catch {
    say('   The server of Restate is installed (once, about 180 MB) …');
    const script = here('../../../tools/restate/install.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the server of Restate cannot be installed: ${stdout}${stderr}`);
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((one) => once(one, 'listening')));
  const ports = servers.map((one) => (one.address() as AddressInfo).port);
  await Promise.all(servers.map((one) => once(one.close(), 'close')));
  return ports;
}
