import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** One contact. */
export interface Row {
  readonly name: string;
  readonly email: string;
}

/** Rows are kept as JSON, one a line. */
export async function readJsonLines(path: string): Promise<Row[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]));
}

/** Writes rows in one piece: a stage that is cut short leaves no half of a file. */
export async function writeJsonLines(path: string, rows: readonly Row[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.tmp`, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await rename(`${path}.tmp`, path);
}

/** The file of a stage, beside those of the other stages. */
export function stageFile(path: string, stage: string): string {
  return join('work', `${basename(path).split('.')[0]}.${stage}.jsonl`);
}
