import { implement } from 'millrace/tasks';
import { releaseStock } from '../generated/orders/contracts.ts';
import { changeStock } from './stock.ts';

export default implement(releaseStock, async ({ orderId }) =>
  await changeStock(({ left, held }) => {
    const hold = held[orderId];
    if (hold === undefined) return { left: 0 };
    left[hold.sku] = (left[hold.sku] ?? 0) + hold.quantity;
    delete held[orderId];
    return { left: left[hold.sku] ?? 0 };
  }));
