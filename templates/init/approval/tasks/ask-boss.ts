import { mkdir, writeFile } from 'node:fs/promises';
import { implement } from 'millrace/tasks';
import { askBoss } from '../generated/expenses/contracts.ts';

export default implement(askBoss, async ({ id, who, what, cents }, { signal }) => {
  await mkdir('desk', { recursive: true });
  const amount = (cents / 100).toFixed(2);
  await writeFile(`desk/${encodeURIComponent(id)}.txt`, `${who} asks for ${amount} for ${what}.\n`, { signal });
});
