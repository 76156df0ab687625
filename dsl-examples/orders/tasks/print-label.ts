import { setTimeout as wait } from 'node:timers/promises';
import { implement } from 'millrace/tasks';
import { printLabel } from '../../../generated/orders/contracts.ts';
import { enter } from '../shop/shop.ts';

/** A label is a file in `labels/`, where the carrier looks for work. */
export default implement(printLabel, async ({ orderId, service }, context) => {
  const shop = enter('printLabel', context);
  // A printer is not the fastest of machines.
  await wait(60, undefined, { signal: context.signal });
  const labelId = `label_${context.idempotencyKey.slice(0, 16)}`;
  shop.write(`labels/${encodeURIComponent(orderId)}.json`, { orderId, labelId, service });
  return { labelId };
});
