import { implement } from 'millrace/tasks';
import { releaseStock } from '../../../generated/orders/contracts.ts';
import { enter } from '../shop/shop.ts';

/** Puts the goods back, each reservation once. */
export default implement(releaseStock, ({ reservationIds }, context) => {
  const shop = enter('releaseStock', context);
  shop.transaction(() => {
    for (const id of reservationIds) {
      if (shop.run('UPDATE reservations SET released = 1 WHERE reservationId = ? AND released = 0', id) === 0) continue;
      shop.run(
        `UPDATE stock SET available = available + held.quantity FROM (SELECT * FROM reservations WHERE reservationId = ?) AS held
         WHERE stock.warehouse = held.warehouse AND stock.sku = held.sku`,
        id,
      );
    }
  });
});
