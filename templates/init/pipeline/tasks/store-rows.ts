import { implement } from 'millrace/tasks';
import { storeRows } from '../generated/contacts/contracts.ts';
import { readJsonLines, writeJsonLines } from './rows.ts';

const book = 'address-book.jsonl';

export default implement(storeRows, async ({ data }, { logger }) => {
  const rows = [...(await readJsonLines(book)), ...(await readJsonLines(data))];
  const all = [...new Map(rows.map((row) => [row.email, row])).values()];
  await writeJsonLines(book, all);
  logger.info('stored', { contacts: all.length });
  return { data: book };
});
