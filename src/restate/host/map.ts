import type { At, Part as PartOf } from '../../flow/index.ts';
import { sideBySide } from './all.ts';
import { located } from './call.ts';
import type { Part } from './part.ts';

const defaultConcurrency = 5;

/**
 * Runs a part for each item, as a sliding window. The length of the list needs no record: the paths of what follows have
 * the numbers of their items, so that another list does not fit the journal.
 */
export async function map<Item, Value>(
  part: Part,
  id: string,
  over: () => readonly Item[],
  body: PartOf<Value, [item: Item, index: number]>,
  options: { readonly at: At; readonly concurrency?: number },
): Promise<readonly Value[]> {
  const path = part.begin(id);
  const items = located(part, path, options.at, over);
  return sideBySide(
    part,
    items.map((item, index) => ({ path: `${path}[${index}]`, run: (host) => body(host, item, index) })),
    options.concurrency ?? defaultConcurrency,
  );
}
