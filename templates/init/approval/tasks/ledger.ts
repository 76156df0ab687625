import { appendFile, readFile } from 'node:fs/promises';

let last: Promise<unknown> = Promise.resolve();

/** Adds a line to a file, unless a line with the same key is there: an attempt that was cut short may have written it. */
export async function addLine(file: string, key: string, line: string): Promise<void> {
  const turn = last.then(async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (!text.includes(` [${key}]\n`)) await appendFile(file, `${line} [${key}]\n`);
  });
  last = turn.catch(() => {});
  await turn;
}
