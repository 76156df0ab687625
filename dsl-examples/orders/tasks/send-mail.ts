import { implement } from 'millrace/tasks';
import { sendMail } from '../../../generated/orders/contracts.ts';
import { enter } from '../shop/shop.ts';

const templates: Readonly<Record<string, { readonly subject: string; readonly text: string }>> = {
  shipped: { subject: 'Your order {order} is on its way', text: 'It left {from} and travels as {tracking}.' },
  review: { subject: 'How do you like what you ordered?', text: 'A word about order {order} would help others.' },
  cancelled: {
    subject: 'Your order {order} was cancelled',
    text: 'We are sorry: {reason}. What you paid comes back to you.',
  },
};

/** The mail is a file named by its key: sent again, it is the same mail. */
export default implement(sendMail, ({ to, template, data }, context) => {
  const shop = enter('sendMail', context);
  const fill = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => data[name] ?? '?');
  const { subject = '', text = '' } = templates[template] ?? {};
  const messageId = `mail_${context.idempotencyKey.slice(0, 16)}`;
  shop.write(`outbox/${messageId}.json`, { messageId, to, template, subject: fill(subject), text: fill(text) });
  return { messageId };
});
