import { implement, NonRetryableError } from 'millrace/tasks';
import { refundPayment } from '../../../generated/orders/contracts.ts';
import { enter } from '../shop/shop.ts';

/** A payment is given back once: a second request, even of another flow, gets the refund that there is. */
export default implement(refundPayment, ({ paymentId }, context) => {
  const shop = enter('refundPayment', context);
  return shop.transaction(() => {
    if (shop.one('SELECT 1 FROM payments WHERE paymentId = ?', paymentId) === undefined) {
      throw new NonRetryableError(`there is no payment ${paymentId}`, { code: 'NO_SUCH_PAYMENT' });
    }
    shop.refund(paymentId, `ref_${context.idempotencyKey.slice(0, 16)}`);
    return { refundId: String(shop.one('SELECT refundId FROM refunds WHERE paymentId = ?', paymentId)?.['refundId']) };
  });
});
