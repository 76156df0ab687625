import { implement, NonRetryableError } from 'millrace/tasks';
import { reserveStock } from '../../../generated/orders/contracts.ts';
import { enter } from '../shop/shop.ts';

interface Reservation {
  readonly reservationId: string;
  readonly warehouse: string;
}

/** Takes the goods off the shelf of the warehouse that has most of them. */
export default implement(reserveStock, ({ orderId, line: { sku, quantity } }, context) => {
  const shop = enter('reserveStock', context);
  const { idempotencyKey: key } = context;
  return shop.transaction(() => {
    const known = shop.one<Reservation>('SELECT reservationId, warehouse FROM reservations WHERE key = ?', key);
    if (known !== undefined) return { ...known };
    shop.refuseSettled(orderId);
    const warehouse = shop.one<Reservation>(
      'SELECT warehouse FROM stock WHERE sku = ? AND available >= ? ORDER BY available DESC LIMIT 1',
      sku,
      quantity,
    )?.warehouse;
    if (warehouse === undefined)
      throw new NonRetryableError(`there are not ${quantity} of ${sku} left`, { code: 'OUT_OF_STOCK' });
    const reservationId = `res_${key.slice(0, 16)}`;
    shop.run('UPDATE stock SET available = available - ? WHERE warehouse = ? AND sku = ?', quantity, warehouse, sku);
    shop.run(
      'INSERT INTO reservations (key, reservationId, orderId, warehouse, sku, quantity) VALUES (?, ?, ?, ?, ?, ?)',
      key,
      reservationId,
      orderId,
      warehouse,
      sku,
      quantity,
    );
    return { reservationId, warehouse };
  });
});
