import { implement } from 'millrace/tasks';
import { payOut } from '../generated/expenses/contracts.ts';
import { addLine } from './ledger.ts';

export default implement(payOut, async ({ request: { id, who, cents }, by }, { idempotencyKey }) => {
  await addLine('ledger.txt', idempotencyKey, `${id}: ${(cents / 100).toFixed(2)} to ${who}, approved by ${by}`);
});
