import { readFile } from 'node:fs/promises';
import { implement } from 'millrace/tasks';
import { countFile } from '../generated/words/contracts.ts';

export default implement(countFile, async ({ item }, { signal }) => {
  const text = await readFile(item, { encoding: 'utf8', signal });
  return { value: text.split(/\s+/).filter((word) => word !== '').length };
});
