import { readFile, rename, writeFile } from 'node:fs/promises';
import { NonRetryableError } from 'millrace/tasks';

/** What the agency still has, by kind and city, and who holds what. */
interface Agency {
  readonly left: Record<string, Record<string, number>>;
  readonly booked: Record<string, string>;
}

const file = 'agency.json';
let last: Promise<unknown> = Promise.resolve();

/** Changes the books. One change at a time, and each is whole on disk or not there at all. */
async function change<T>(make: (agency: Agency) => T): Promise<T> {
  const turn = last.then(async () => {
    const agency = JSON.parse(await readFile(file, 'utf8')) as Agency;
    const result = make(agency);
    await writeFile(`${file}.tmp`, `${JSON.stringify(agency, null, 2)}\n`);
    await rename(`${file}.tmp`, file);
    return result;
  });
  last = turn.catch(() => {});
  return await turn;
}

/** Books one. A second attempt for the same trip finds that the first one got through. */
export async function take(kind: string, trip: string, city: string): Promise<{ reference: string }> {
  return await change(({ left, booked }) => {
    const reference = `${kind}-${trip}`;
    if (booked[reference] !== undefined) return { reference };
    const there = left[kind]?.[city] ?? 0;
    // Asking again would not help: the flow fails, and undoes what it has booked.
    if (there === 0) throw new NonRetryableError(`no ${kind} left in ${city}`, { code: 'SOLD_OUT' });
    left[kind] = { ...left[kind], [city]: there - 1 };
    booked[reference] = city;
    return { reference };
  });
}

/** Gives it back. Giving back what is not booked changes nothing. */
export async function giveBack(kind: string, reference: string): Promise<void> {
  await change(({ left, booked }) => {
    const city = booked[reference];
    if (city === undefined) return;
    left[kind] = { ...left[kind], [city]: (left[kind]?.[city] ?? 0) + 1 };
    delete booked[reference];
  });
}
