/**
 * Wrote `orders.jsonl`, once: 500 lines, the same for the same seed, of which some are wrong in the ways in which
 * files from elsewhere are wrong.
 *
 *   node dsl-examples/orders/make-orders.ts > dsl-examples/orders/orders.jsonl
 */
import { seededRandom } from 'millrace/testing';
import { catalogue } from './shop/shop.ts';

interface Order {
  readonly orderId: string;
  readonly email: string;
  readonly total: { readonly amount: number; readonly currency: string };
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly express?: boolean;
}

const people = [
  'ada',
  'bela',
  'chidi',
  'dora',
  'emeka',
  'fatma',
  'gita',
  'hugo',
  'ines',
  'jonas',
  'kaya',
  'lena',
  'mika',
  'nils',
  'olga',
  'pavel',
  'rosa',
  'sven',
  'tala',
  'uma',
  'vito',
  'wanda',
  'yara',
  'zeno',
];

/** Each makes one good order bad: the path that a diagnostic must name, and the line to write. */
const mistakes: readonly ((order: Order, earlier: Order) => string)[] = [
  (order) => JSON.stringify({ ...order, email: 'ada at example.com' }),
  (order) => JSON.stringify({ ...order, lines: [{ ...order.lines[0], quantity: 0 }, ...order.lines.slice(1)] }),
  (order) => JSON.stringify({ ...order, lines: undefined }),
  (order) => JSON.stringify({ ...order, total: { ...order.total, currency: 'GBP' } }),
  (order) => JSON.stringify(order).slice(0, 60),
  (_, earlier) => JSON.stringify(earlier),
  (order) => JSON.stringify({ ...order, lines: [] }),
  (order) => JSON.stringify({ ...order, orderId: undefined }),
  (order) => JSON.stringify({ ...order, total: { ...order.total, amount: -order.total.amount } }),
  (order) => JSON.stringify({ ...order, lines: [{ ...order.lines[0], quantity: 1.5 }] }),
  (order) => JSON.stringify({ ...order, express: 'yes' }),
  (order) => JSON.stringify({ ...order, lines: order.lines.map(({ quantity }) => ({ quantity })) }),
  (order) => JSON.stringify({ ...order, email: '' }),
  () => '',
  (order) => JSON.stringify([order]),
  (order) => JSON.stringify({ ...order, total: order.total.amount / 100 }),
  (_, earlier) => JSON.stringify({ ...earlier, email: 'somebody.else@example.com' }),
  (order) => JSON.stringify(order).replaceAll('"', "'"),
  (order) => JSON.stringify({ ...order, orderId: 1234 }),
  (order) => JSON.stringify({ ...order, lines: [{ ...order.lines[0], sku: '', quantity: -1 }] }),
];

/** The lines of the file. */
export function makeOrders(count = 500, seed = 'orders of one spring day'): readonly string[] {
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const orders = Array.from({ length: count }, (_, index) => makeOrder(index + 1, random, pick));
  // Spread over the file, none among the first ten: there must be an earlier order to repeat.
  const bad = new Map(
    mistakes.map((mistake, index) => [Math.floor(12 + ((index + random()) * (count - 13)) / mistakes.length), mistake]),
  );
  return orders.map((order, index) => bad.get(index)?.(order, orders[index - 10]!) ?? JSON.stringify(order));
}

// What is stocked in numbers is what people buy.
const shelf = catalogue.items.flatMap((item) => {
  const stocked = Object.values(item.stock).reduce((sum, number) => sum + number, 0);
  return Array.from({ length: Math.ceil(Math.sqrt(stocked)) }, () => item);
});

function makeOrder(number: number, random: () => number, pick: <Item>(items: readonly Item[]) => Item): Order {
  const chosen = new Map(
    Array.from({ length: 1 + Math.floor(random() ** 2 * 4) }, () => [pick(shelf), 1 + Math.floor(random() ** 3 * 3)]),
  );
  const lines = [...chosen].map(([{ sku }, quantity]) => ({ sku, quantity }));
  const amount = [...chosen].reduce((sum, [{ cents }, quantity]) => sum + cents * quantity, 0);
  const domain =
    random() < 0.05 ? pick(['throwaway.test', 'fastmoney.test']) : pick(['example.com', 'example.org', 'example.net']);
  const email = `${pick(people)}.${1 + Math.floor(random() * 40)}@${domain}`;
  return {
    orderId: `A-${1000 + number}`,
    email,
    total: { amount, currency: random() < 0.8 ? 'EUR' : 'USD' },
    lines,
    ...(random() < 0.25 ? { express: true } : {}),
  };
}

if (import.meta.main) process.stdout.write(`${makeOrders().join('\n')}\n`);
