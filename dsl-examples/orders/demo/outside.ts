/**
 * The world outside the shop, as a process of its own: a carrier who collects parcels where a label lies, a clerk who
 * looks at risky orders, and customers who change their minds. All they know of the shop is its folder, and all they
 * can do is `dsl send`.
 *
 *   node outside.ts SHOP_FOLDER DATABASE        (or, on Restate, where its server is)
 */
import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemClock } from 'millrace/core';
import { RestateClient } from 'millrace/restate';
import orders from '../../../generated/orders/index.ts';
import type { Place } from './endpoint.ts';

const [, , shop = '', database = ''] = process.argv;
const dsl = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const system = fileURLToPath(new URL('../orders.dsl.ts', import.meta.url));
const run = promisify(execFile);

interface Planned {
  readonly due: number;
  readonly event: string;
  readonly payload: { readonly orderId: string };
}
interface Review {
  readonly orderId: string;
  readonly total: { readonly amount: number };
  readonly score: number;
}

interface Line {
  readonly event: string;
  readonly payload: unknown;
  readonly idempotencyKey: string;
}

/** Sends by command to a database, or to a server of Restate. */
const send = database.startsWith('{') ? sender(JSON.parse(database) as Place) : sendByCommand;

async function sendByCommand(lines: readonly Line[]): Promise<void> {
  const file = join(shop, 'news.jsonl');
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await run(process.execPath, [dsl, 'send', system, '--lines', `@${file}`, '--db', database, '--json']);
}

function sender({ clock, ...place }: Place): typeof sendByCommand {
  const client = new RestateClient(orders, { ...place, clock: systemClock(clock), patienceMs: 120_000 });
  return async (lines) => {
    await Promise.all(
      lines.map(({ event, payload, idempotencyKey }) => client.sendEvent(event, payload, { idempotencyKey })),
    );
  };
}

const seen = new Set<string>();
let planned: Planned[] = [];
let failures = 0;
const plan = (
  seconds: number,
  event: string,
  payload: Planned['payload'] & Readonly<Record<string, unknown>>,
): void => {
  planned.push({ due: Date.now() + seconds * 1000, event, payload });
};
/** A number in [0, 1) that belongs to an order: what becomes of it is settled, whenever it is looked at. */
const fate = (orderId: string): number => (Number(orderId.replaceAll(/\D/g, '')) * 0.618_033_988_749_895) % 1;

/** What is new in a folder of the shop. */
function* news(folder: string): Generator<unknown> {
  for (const name of readdirSync(join(shop, folder))) {
    if (name.startsWith('.') || seen.has(`${folder}/${name}`)) continue;
    seen.add(`${folder}/${name}`);
    try {
      yield JSON.parse(readFileSync(join(shop, folder, name), 'utf8'));
    } catch (error) {
      // Torn up between looking and reading.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

function look(): void {
  for (const { orderId, score, total } of news('reviews/open') as Generator<Review>) {
    const approved = score < 0.65 && total.amount < 100_000;
    plan(0.3, 'reviewDecided', { orderId, approved, by: 'the clerk' });
  }
  for (const { orderId } of news('labels') as Generator<{ readonly orderId: string }>) {
    const luck = fate(orderId);
    if (luck < 0.01) continue; // The label fell behind the counter: nobody ever comes for this parcel.
    if (luck > 0.975) {
      plan(luck > 0.985 ? 2 : 0.1, 'orderCancelled', { orderId, reason: 'customer' });
    }
    plan(0.2 + luck, 'parcelDispatched', {
      orderId,
      carrier: 'Millstream',
      trackingCode: `MS${orderId.replaceAll(/\D/g, '')}`,
    });
    if (luck > 0.02) plan(2 + 2 * luck, 'parcelDelivered', { orderId, at: new Date().toISOString() }); // The others are lost on the road.
  }
}

/** Sends what is due with one command. What could not be sent is sent again, and by its key happens once. */
async function sendDue(): Promise<void> {
  const due = planned.filter((one) => one.due <= Date.now());
  if (due.length === 0) return;
  const lines = due.map(({ event, payload }) => ({ event, payload, idempotencyKey: `${event} ${payload.orderId}` }));
  try {
    await send(lines);
    planned = planned.filter((one) => !due.includes(one));
    failures = 0;
  } catch (error) {
    appendFileSync(join(shop, 'outside.log'), `${String(error)}\n`);
    if (++failures === 20) throw error;
  }
}

let paused = false;
process.on('message', (message) => {
  paused = message === 'pause';
});

for (const folder of ['labels', 'reviews/open']) mkdirSync(join(shop, folder), { recursive: true });
for (;;) {
  if (paused) process.send?.('paused');
  else {
    look();
    await sendDue();
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
