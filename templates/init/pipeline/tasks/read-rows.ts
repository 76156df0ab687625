import { readFile } from 'node:fs/promises';
import { implement } from 'millrace/tasks';
import { readRows } from '../generated/contacts/contracts.ts';
import { stageFile, writeJsonLines } from './rows.ts';

export default implement(readRows, async ({ data }, { logger, signal }) => {
  const text = await readFile(data, { encoding: 'utf8', signal });
  const [, ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const rows = lines.map((line) => {
    const [name = '', email = ''] = line.split(',').map((cell) => cell.trim());
    return { name, email };
  });
  const file = stageFile(data, 'read');
  await writeJsonLines(file, rows);
  logger.info('read', { rows: rows.length });
  return { data: file };
});
