import { implement } from 'millrace/tasks';
import { printLabel } from '../../../generated/orders/contracts.ts';
import { enter } from '../shop/shop.ts';

/** A label is a file in `labels/`, where the carrier looks for work. */
export default implement(printLabel, ({ orderId, service }, context) => {
  const shop = enter('printLabel', context);
  const labelId = `label_${context.idempotencyKey.slice(0, 16)}`;
  shop.write(`labels/${encodeURIComponent(orderId)}.json`, { orderId, labelId, service });
  return { labelId };
});
