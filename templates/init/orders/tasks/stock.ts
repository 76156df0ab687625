import { readFile, rename, writeFile } from 'node:fs/promises';

/** The shelf, as a file: how many pieces are left, and what each order holds. */
export interface Stock {
  left: Record<string, number>;
  held: Record<string, { sku: string; quantity: number }>;
}

const file = 'stock.json';
let last: Promise<unknown> = Promise.resolve();

/** Changes the shelf. One change at a time, and each is whole on disk or not there at all. */
export async function changeStock<T>(change: (stock: Stock) => T): Promise<T> {
  const turn = last.then(async () => {
    const stock = JSON.parse(await readFile(file, 'utf8')) as Stock;
    const result = change(stock);
    await writeFile(`${file}.tmp`, `${JSON.stringify(stock, null, 2)}\n`);
    await rename(`${file}.tmp`, file);
    return result;
  });
  last = turn.catch(() => {});
  return await turn;
}
