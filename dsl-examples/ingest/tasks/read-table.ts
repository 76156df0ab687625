import { readFile } from 'node:fs/promises';
import { implement, NonRetryableError } from 'millrace/tasks';
import { readTable } from '../../../generated/ingest/contracts.ts';
import { countWords, documentFile } from '../library/library.ts';

export default implement(readTable, async ({ folder, path }, { signal }) => {
  const text = await readFile(documentFile(folder, path), { encoding: 'utf8', signal });
  const [header = [], ...rows] = cellsOf(text);
  const ragged = rows.findIndex((row) => row.length !== header.length);
  if (ragged >= 0) {
    throw new NonRetryableError(
      `${path}: row ${ragged + 2} has ${rows[ragged]?.length} cells, the header has ${header.length}`,
      { code: 'RAGGED_TABLE' },
    );
  }
  return { title: header.join(', '), counts: countWords(rows.flat().join(' ')) };
});

/** Rows of cells; a quoted cell may hold commas, line breaks and doubled quotes. */
function cellsOf(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '') break;
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.some((cell) => cell !== ''));
}
