import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { implement, NonRetryableError } from 'millrace/tasks';
import { closeReview } from '../../../generated/orders/contracts.ts';
import { enter } from '../shop/shop.ts';

export default implement(closeReview, ({ orderId, approved, by }, context) => {
  const shop = enter('closeReview', context);
  const name = `${encodeURIComponent(orderId)}.json`;
  shop.write(`reviews/closed/${name}`, { orderId, approved, by });
  rmSync(join(shop.folder, 'reviews/open', name), { force: true });
  if (!approved) throw new NonRetryableError(`the order was refused by ${by}`, { code: 'REVIEW_REFUSED' });
  return { by };
});
