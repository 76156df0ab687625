import { setTimeout as wait } from 'node:timers/promises';
import { implement, NonRetryableError } from 'millrace/tasks';
import { chargeCard } from '../../../generated/orders/contracts.ts';
import { enter, type Shop } from '../shop/shop.ts';

/** What a customer can owe the provider at a time, in cents. */
const limit = 90_000;

/** The provider knows a request by its key: asked again, it answers with the payment that it already took. */
export default implement(chargeCard, async ({ orderId, email, amount }, context) => {
  const shop = enter('chargeCard', context);
  const { idempotencyKey: key, signal } = context;
  // The request travels, and so does the answer: whoever is killed meanwhile does not know what became of it.
  await wait(30, undefined, { signal });
  beBusySometimes(shop, key);
  const payment = shop.transaction(() => {
    const known = shop.one<{ paymentId: string; capturedAt: string }>(
      'SELECT paymentId, capturedAt FROM payments WHERE key = ?',
      key,
    );
    if (known !== undefined) return { ...known };
    shop.refuseSettled(orderId);
    const owed = Number(
      shop.one(
        'SELECT sum(cents) AS owed FROM payments LEFT JOIN refunds USING (paymentId) WHERE email = ? AND refundId IS NULL',
        email,
      )?.['owed'] ?? 0,
    );
    if (owed + amount.amount > limit) {
      throw new NonRetryableError(`the card of ${email} was declined`, { code: 'CARD_DECLINED' });
    }
    const paymentId = `pay_${key.slice(0, 16)}`;
    const capturedAt = new Date().toISOString();
    shop.run(
      'INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?, ?)',
      key,
      paymentId,
      orderId,
      email,
      amount.amount,
      amount.currency,
      capturedAt,
    );
    return { paymentId, capturedAt };
  });
  await wait(30, undefined, { signal });
  return payment;
});

/** One new request in sixteen finds the provider busy, as in life: the same request is welcome a moment later. */
function beBusySometimes(shop: Shop, key: string): void {
  shop.run('INSERT INTO requests VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET tries = tries + 1', key);
  const tries = Number(shop.one('SELECT tries FROM requests WHERE key = ?', key)?.['tries']);
  if (key.startsWith('0') && tries === 1)
    throw Object.assign(new Error('the payment provider is busy'), { code: 'PROVIDER_BUSY' });
}
