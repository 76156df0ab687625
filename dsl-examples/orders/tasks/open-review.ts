import { implement } from 'millrace/tasks';
import { openReview } from '../../../generated/orders/contracts.ts';
import { enter } from '../shop/shop.ts';

/** A case is a file on the desk, named by its order: putting it there twice is putting it there once. */
export default implement(openReview, (review, context) => {
  const shop = enter('openReview', context);
  return { file: shop.write(`reviews/open/${encodeURIComponent(review.orderId)}.json`, review) };
});
