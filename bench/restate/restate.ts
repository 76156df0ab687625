/**
 * A compiled flow of ten steps on Restate against the same flow as one writes it on the SDK, with 1, 10 and 100 runs at a
 * time, and a machine that takes events against a virtual object: one server, one process that serves both, and they take
 * turns. The server has to be installed (`node tools/restate/install.ts`); without it there is no figure.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, namesOf, startServer } from 'millrace/restate';
import { steps } from '../durable/system.ts';
import { compared, median, type Row } from '../table.ts';
import { system } from './system.ts';

const names = namesOf(system.name);
const rounds = 15;
/** Concurrent calls, and how many of them a round has. */
const plans = [
  { atOnce: 1, runs: 5 },
  { atOnce: 10, runs: 30 },
  { atOnce: 100, runs: 100 },
];

type Call = (id: string) => Promise<void>;

export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-restate-'));
  const [admin = 0, ingress = 0, node = 0] = await freePorts(3);
  const server = await startServer({ folder, ports: { admin, ingress, node } });
  const endpoint = fork(fileURLToPath(new URL('./endpoint.ts', import.meta.url)), [server.admin, server.ingress]);
  try {
    await Promise.race([
      once(endpoint, 'message'),
      once(endpoint, 'exit').then(([code]) =>
        Promise.reject(new Error(`The endpoint has ended with ${String(code)}.`)),
      ),
    ]);
    return await measure(server.ingress);
  } finally {
    endpoint.kill('SIGKILL');
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(ingress: string): Promise<readonly Row[]> {
  const ask = async (path: string, id: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${ingress}/${path}`, {
      method: 'POST',
      headers: { 'idempotency-key': id, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const must = (value: unknown, id: string): void => {
    if (value !== 45) throw new Error(`Run ${id} gave ${JSON.stringify(value)}.`);
  };
  const flows = {
    hand: (async (id) => must(await ask('byHand/ten', id, { index: 0 }), id)) as Call,
    ours: (async (id) => {
      const body = { run: id, input: { index: 0 }, at: Date.now() };
      must(((await ask(`${names.flow('ten')}/run`, id, body)) as { readonly output?: unknown }).output, id);
    }) as Call,
  };
  const events = {
    hand: (async (id) => void (await ask(`counterByHand/${instanceOf(id)}/noted`, id, { n: 1 }))) as Call,
    ours: (async (id) => {
      const payload = { id: instanceOf(id), n: 1 };
      const body = { event: 'noted', payload };
      const { handled } = (await ask(`${names.events}/publish`, id, body)) as { readonly handled: boolean };
      if (!handled) throw new Error(`Nobody took event ${id}.`);
    }) as Call,
  };
  const rows: Row[] = [];
  for (const { atOnce, runs } of plans) {
    const { hand, ours, ratio } = await inTurns(flows, atOnce, runs);
    const peer = { name: `by hand, C=${atOnce}`, value: hand * steps };
    const target = '>= 0.9';
    rows.push({ ...peer, unit: 'steps/s' });
    rows.push({
      ...compared(`compiled flow, C=${atOnce}`, ours * steps, 'steps/s', peer, target),
      ratio,
      met: ratio >= 0.9,
    });
  }
  for (const { atOnce, runs } of plans) {
    const { hand, ours, ratio } = await inTurns(events, atOnce, runs);
    const peer = { name: `object by hand, C=${atOnce}`, value: hand };
    rows.push({ ...peer, unit: 'events/s' });
    rows.push({ ...compared(`machine, C=${atOnce}`, ours, 'events/s', peer), ratio });
  }
  return rows;
}

/** Ten instances share the events. */
const instanceOf = (id: string): string => `i${Number(id.split('-').at(-1)) % 10}`;

let count = 0;

/**
 * Calls a second of each, as medians of rounds after one to warm up, and the median of the ratios of each round: the two
 * of a round are next to each other, so that a slow spell of the machine hits both.
 */
async function inTurns(
  calls: Readonly<Record<'hand' | 'ours', Call>>,
  atOnce: number,
  runs: number,
): Promise<{ readonly hand: number; readonly ours: number; readonly ratio: number }> {
  const rate = async (name: 'hand' | 'ours'): Promise<number> => {
    const began = performance.now();
    let next = 0;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (next < runs) {
          next++;
          await calls[name](`${name}-${count++}`);
        }
      }),
    );
    return runs / ((performance.now() - began) / 1000);
  };
  const found: { readonly hand: number; readonly ours: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    // Whoever is first in one round is second in the next.
    const first = round % 2 === 0 ? 'hand' : 'ours';
    const one = await rate(first);
    const two = await rate(first === 'hand' ? 'ours' : 'hand');
    if (round > 0) found.push(first === 'hand' ? { hand: one, ours: two } : { hand: two, ours: one });
  }
  return {
    hand: median(found.map(({ hand }) => hand)),
    ours: median(found.map(({ ours }) => ours)),
    ratio: median(found.map(({ hand, ours }) => ours / hand)),
  };
}
