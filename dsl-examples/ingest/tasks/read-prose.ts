import { readFile } from 'node:fs/promises';
import { implement } from 'millrace/tasks';
import { readProse } from '../../../generated/ingest/contracts.ts';
import { countWords, documentFile } from '../library/library.ts';

/** The title is the first heading, else the first line with something on it. */
export default implement(readProse, async ({ folder, path }, { signal }) => {
  const text = await readFile(documentFile(folder, path), { encoding: 'utf8', signal });
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const title = lines.find((line) => line.startsWith('# '))?.slice(2) ?? lines.find((line) => line !== '') ?? path;
  return { title, counts: countWords(text) };
});
