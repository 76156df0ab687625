import { implement } from 'millrace/tasks';
import { cleanRows } from '../generated/contacts/contracts.ts';
import { readJsonLines, stageFile, writeJsonLines } from './rows.ts';

export default implement(cleanRows, async ({ data }, { logger }) => {
  const rows = await readJsonLines(data);
  const sound = rows.filter(({ email }) => /^[^@\s]+@[^@\s]+$/.test(email)).map((row) => ({ ...row, email: row.email.toLowerCase() }));
  const kept = [...new Map(sound.map((row) => [row.email, row])).values()];
  const file = stageFile(data, 'clean');
  await writeJsonLines(file, kept);
  logger.info('cleaned', { dropped: rows.length - kept.length });
  return { data: file };
});
