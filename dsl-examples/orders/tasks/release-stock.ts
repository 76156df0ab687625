import { implement } from 'millrace/tasks';
import { releaseStock } from '../../../generated/orders/contracts.ts';
import { enter } from '../shop/shop.ts';

export default implement(releaseStock, ({ reservationIds }, context) => {
  const shop = enter('releaseStock', context);
  shop.transaction(() => void shop.release(reservationIds));
});
