import type { At, Part as PartOf } from '../../flow/index.ts';
import { sideBySide } from './all.ts';
import { located } from './call.ts';
import type { Part } from './part.ts';

const defaultConcurrency = 5;

/** Runs a part for each item, as a sliding window. The length of the list is recorded. */
export async function map<Item, Value>(
  part: Part,
  id: string,
  over: () => readonly Item[],
  body: PartOf<Value, [item: Item, index: number]>,
  options: { readonly at: At; readonly concurrency?: number },
): Promise<readonly Value[]> {
  const { path, record } = await part.begin(id);
  const items = located(part, path, options.at, over);
  if (record === undefined) {
    const row = part.run.append({ kind: 'mapped', path, place: options.at, data: String(items.length) });
    part.time = row.at;
  } else {
    if (record.kind !== 'mapped')
      return part.diverged(`'${path}' is recorded as '${record.name ?? record.kind}', and is now a list`);
    if (record.data !== String(items.length))
      return part.diverged(`'${path}' is recorded with ${record.data} items, and the code now gives ${items.length}`);
    part.time = record.at;
  }
  return sideBySide(
    part,
    items.map((item, index) => ({ path: `${path}[${index}]`, run: (host) => body(host, item, index) })),
    options.concurrency ?? defaultConcurrency,
  );
}
