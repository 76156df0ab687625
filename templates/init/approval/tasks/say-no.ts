import { implement } from 'millrace/tasks';
import { sayNo } from '../generated/expenses/contracts.ts';
import { addLine } from './ledger.ts';

export default implement(sayNo, async ({ request: { id, who, what }, by }, { idempotencyKey }) => {
  await addLine('letters.txt', idempotencyKey, `${id}: Dear ${who}, no money for ${what}. Decided by ${by}`);
});
