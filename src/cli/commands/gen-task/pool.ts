/** Does all of it, so many at a time, and gives the results in order. Nothing more is begun once `stopped` says so. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
  stopped: () => boolean,
): Promise<readonly (Result | undefined)[]> {
  const results = Array.from<Result | undefined>({ length: items.length });
  let next = 0;
  const line = async (): Promise<void> => {
    while (next < items.length && !stopped()) {
      const at = next++;
      results[at] = await work(items[at] as Item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, line));
  return results;
}
