/** The lives of single orders, on a simulated clock: days pass at once. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import { seededRandom, SimulatedClock } from 'millrace/testing';
import system from '../../generated/orders/index.ts';
import { Shop } from './shop/shop.ts';

let folder: string;
let clock: SimulatedClock;
let runtime: ReactiveSystemRuntime;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-orders-'));
  process.env['SHOP_DIR'] = folder;
  clock = new SimulatedClock({ settle: () => runtime.idle() });
  runtime = new ReactiveSystemRuntime(system, {
    db: join(folder, 'orders.db'),
    clock,
    random: seededRandom(7),
    logger: silentLogger,
  });
});
afterEach(async () => {
  await runtime.close();
  delete process.env['SHOP_DIR'];
  rmSync(folder, { recursive: true, force: true });
});

const place = async (...orders: readonly object[]): Promise<void> => {
  for (const more of orders.length === 0 ? [{}] : orders) {
    await runtime.sendEvent('orderPlaced', {
      orderId: 'A-1',
      email: 'ada@example.com',
      total: { amount: 2580, currency: 'EUR' },
      lines: [{ sku: 'mug-blue', quantity: 2 }],
      ...more,
    });
  }
  await runtime.idle();
};
const send = async (event: string, payload: object = {}): Promise<void> => {
  await runtime.sendEvent(event, { orderId: 'A-1', ...payload });
  await runtime.idle();
};
const dispatch = () => send('parcelDispatched', { carrier: 'Millstream', trackingCode: 'MS1' });
const deliver = () => send('parcelDelivered', { at: '2026-01-02T10:00:00Z' });
const state = () => runtime.get('order', 'A-1')?.state;
const reason = () => (runtime.get('order', 'A-1') as { context: { reason?: string } } | undefined)?.context.reason;
const mails = () =>
  readdirSync(join(folder, 'outbox'))
    .map((name) => (JSON.parse(readFileSync(join(folder, 'outbox', name), 'utf8')) as { subject: string }).subject)
    .sort();
/** What the shop's books say: payments that were kept, goods that are held. */
const books = () => {
  const shop = new Shop(folder);
  const kept = shop.one(
    'SELECT count(*) AS n FROM payments LEFT JOIN refunds USING (paymentId) WHERE refundId IS NULL',
  )?.['n'];
  const held = shop.one('SELECT coalesce(sum(quantity), 0) AS n FROM reservations WHERE released = 0')?.['n'];
  shop.close();
  return { kept, held };
};

it('is placed, sent, delivered, and closed a week later', async () => {
  await place();
  expect(state()).toEqual(['fulfilling']);
  expect(books()).toEqual({ kept: 1, held: 2 });
  await dispatch();
  expect(state()).toEqual(['travelling']);
  await deliver();
  expect(state()).toEqual(['delivered']);
  await clock.advance('6d');
  expect(state()).toEqual(['delivered']);
  await clock.advance('1d');
  expect(state()).toEqual(['closed']);
  expect(mails()).toEqual(['How do you like what you ordered?', 'Your order A-1 is on its way']);
  expect(runtime.active()).toEqual([]);
});

it('asks a clerk when it looks risky, and is cancelled when he says no', async () => {
  await place({ email: 'x@throwaway.test' });
  expect(existsSync(join(folder, 'reviews/open/A-1.json'))).toBe(true);
  expect(books()).toEqual({ kept: 0, held: 0 });
  await send('reviewDecided', { approved: false, by: 'the clerk' });
  expect(state()).toEqual(['cancelled']);
  expect(reason()).toContain('refused by the clerk');
  expect(readdirSync(join(folder, 'reviews/open'))).toEqual([]);
});

it('is cancelled when nobody reviews it in time', async () => {
  await place({ email: 'x@throwaway.test' });
  await clock.advance('4d');
  expect(state()).toEqual(['cancelled']);
  expect(reason()).toContain('nobody in time');
});

it('gives everything back when a line is out of stock', async () => {
  await place({
    lines: [
      { sku: 'mug-blue', quantity: 1 },
      { sku: 'copper-pot', quantity: 99 },
    ],
  });
  expect(state()).toEqual(['cancelled']);
  expect(reason()).toContain('copper-pot');
  expect(books()).toEqual({ kept: 0, held: 0 });
  expect(readdirSync(join(folder, 'labels'))).toEqual([]);
  expect(mails()).toEqual(['Your order A-1 was cancelled']);
});

it('is undone when the customer calls it off before it is sent', async () => {
  await place();
  await send('orderCancelled', { reason: 'customer' });
  expect(state()).toEqual(['cancelled']);
  expect(books()).toEqual({ kept: 0, held: 0 });
});

it('is taken back when it is called off on its way', async () => {
  await place();
  await dispatch();
  await send('orderCancelled', { reason: 'customer' });
  expect(state()).toEqual(['cancelled']);
  expect(books()).toEqual({ kept: 0, held: 0 });
});

it('is cancelled when the carrier never comes, and when the parcel is lost', async () => {
  await place();
  await clock.advance('5d');
  expect(state()).toEqual(['cancelled']);
  expect(books()).toEqual({ kept: 0, held: 0 });
  await place({ orderId: 'A-2' });
  await runtime.sendEvent('parcelDispatched', { orderId: 'A-2', carrier: 'Millstream', trackingCode: 'MS2' });
  await clock.advance('14d');
  expect(runtime.get('order', 'A-2')).toMatchObject({
    state: ['cancelled'],
    context: { reason: 'the parcel was lost' },
  });
  expect(books()).toEqual({ kept: 0, held: 0 });
});

it('does not lose a delivery that is reported early', async () => {
  await place();
  await deliver();
  expect(state()).toEqual(['fulfilling']);
  await dispatch();
  expect(state()).toEqual(['delivered']);
});

it('asks a busy provider again, under the same key', async () => {
  // One request in sixteen finds it busy.
  const many = Array.from({ length: 40 }, (_, number) => ({
    orderId: `B-${number}`,
    lines: [{ sku: 'filter-paper', quantity: 1 }],
    email: `a${number}@example.com`,
  }));
  await place(...many);
  await clock.advance('1h');
  const lines = readFileSync(join(folder, 'effects.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { task: string; attempt: number; key: string; run: string });
  const charges = lines.filter(({ task }) => task === 'chargeCard');
  const second = charges.filter(({ attempt }) => attempt === 2);
  expect(second.length).toBeGreaterThan(0);
  for (const { run, key } of second) expect(charges.find((one) => one.run === run && one.attempt === 1)?.key).toBe(key);
  expect(books()).toEqual({ kept: 40, held: 40 });
});

it('keeps no money when it is called off while the card is being charged', async () => {
  const placed = place();
  // The provider has taken the money, and its answer is on the way.
  while (!existsSync(join(folder, 'effects.jsonl')) || books().kept === 0)
    await new Promise((resolve) => setTimeout(resolve, 2));
  await send('orderCancelled', { reason: 'customer' });
  await placed;
  expect(state()).toEqual(['cancelled']);
  expect(books()).toEqual({ kept: 0, held: 0 });
});
