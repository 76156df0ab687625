import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { implement } from 'millrace/tasks';
import { voidLabel } from '../../../generated/orders/contracts.ts';
import { enter } from '../shop/shop.ts';

export default implement(voidLabel, ({ orderId }, context) => {
  const shop = enter('voidLabel', context);
  rmSync(join(shop.folder, 'labels', `${encodeURIComponent(orderId)}.json`), { force: true });
});
