import { mkdir, writeFile } from 'node:fs/promises';
import { implement } from 'millrace/tasks';
import { printSlip } from '../generated/orders/contracts.ts';

export default implement(printSlip, async ({ orderId, email, sku, quantity }, { signal }) => {
  const file = `slips/${encodeURIComponent(orderId)}.txt`;
  await mkdir('slips', { recursive: true });
  await writeFile(file, `Order ${orderId}\nFor   ${email}\nPack  ${quantity} × ${sku}\n`, { signal });
  return { file };
});
