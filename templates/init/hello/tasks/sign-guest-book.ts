import { appendFile, readFile } from 'node:fs/promises';
import { implement } from 'millrace/tasks';
import { signGuestBook } from '../generated/hello/contracts.ts';

const book = 'guest-book.txt';
const linesOnPage = 10;

export default implement(signGuestBook, async ({ name }, { idempotencyKey, logger, signal }) => {
  const lines = (await readFile(book, { encoding: 'utf8', signal }).catch(() => '')).split('\n').filter(Boolean);
  const line = `Hello, ${name}!`;
  // An attempt that was cut short may have written its line already: it is recognised by its key.
  let index = lines.findIndex((each) => each.endsWith(idempotencyKey));
  if (index < 0) {
    index = lines.length;
    await appendFile(book, `${line} ${idempotencyKey}\n`);
  }
  logger.info('signed', { name, line: index + 1 });
  return { page: Math.floor(index / linesOnPage) + 1, line };
});
