/**
 * The shop's own process: it drives the database and feeds the file of orders to it. Started again after any end, it
 * does the same from the beginning; what is already there is recognised by its key.
 *
 *   node worker.ts DATABASE ORDERS SECONDS_PER_DAY ORDERS_PER_SECOND        ($SHOP_DIR: the shop's folder)
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { jsonLogger } from 'millrace/tasks';
import system from '../../../generated/orders/index.ts';
import { readOrders } from './feed.ts';

/** What the worker tells whoever started it. */
export type WorkerMessage = { readonly refused: string } | { readonly fed: number } | { readonly allFed: true };

const [, , database = '', file = '', secondsPerDay = '1', ordersPerSecond = '50'] = process.argv;
const tell = (message: WorkerMessage): void => void process.send?.(message);

const log = join(dirname(database), 'worker.log');
const runtime = new ReactiveSystemRuntime(system, {
  db: database,
  clock: { factor: 86_400 / Number(secondsPerDay) },
  logger: jsonLogger({ write: (line) => appendFileSync(log, line) }),
});
process.on('message', (message) => {
  if (message === 'stop') void runtime.close().then(() => process.disconnect?.());
});

let fed = 0;
for (const line of readOrders(readFileSync(file, 'utf8'), basename(file))) {
  if ('problem' in line) {
    tell({ refused: line.problem });
    continue;
  }
  const isNew = runtime.get('order', line.order.orderId) === undefined;
  await runtime.sendEvent('orderPlaced', line.order, { idempotencyKey: line.key });
  tell({ fed: ++fed });
  // Customers do not all come at once.
  if (isNew) await new Promise((resolve) => setTimeout(resolve, 1000 / Number(ordersPerSecond)));
}
tell({ allFed: true });
