import { implement } from 'millrace/tasks';
import { reserveStock } from '../generated/orders/contracts.ts';
import { changeStock } from './stock.ts';

export default implement(reserveStock, async ({ orderId, sku, quantity }) =>
  await changeStock(({ left, held }) => {
    const there = left[sku] ?? 0;
    // A second attempt finds that the first one got through.
    if (held[orderId] !== undefined) return { left: there };
    if (there < quantity) throw new Error(`${quantity} of ${sku} wanted, ${there} left`);
    left[sku] = there - quantity;
    held[orderId] = { sku, quantity };
    return { left: left[sku] };
  }));
