import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { implement } from 'millrace/tasks';
import { settleOrder } from '../../../generated/orders/contracts.ts';
import { enter } from '../shop/shop.ts';

/** Closed first, then emptied: nothing can come in between. */
export default implement(settleOrder, ({ orderId }, context) => {
  const shop = enter('settleOrder', context);
  const key = context.idempotencyKey.slice(0, 16);
  rmSync(join(shop.folder, 'labels', `${encodeURIComponent(orderId)}.json`), { force: true });
  return shop.transaction(() => {
    shop.run('INSERT OR IGNORE INTO settled VALUES (?)', orderId);
    const payments = shop.all<{ paymentId: string }>('SELECT paymentId FROM payments WHERE orderId = ?', orderId);
    const held = shop.all<{ reservationId: string }>(
      'SELECT reservationId FROM reservations WHERE orderId = ?',
      orderId,
    );
    return {
      refunds: payments.reduce((sum, { paymentId }, index) => sum + shop.refund(paymentId, `set_${key}_${index}`), 0),
      released: shop.release(held.map(({ reservationId }) => reservationId)),
    };
  });
});
