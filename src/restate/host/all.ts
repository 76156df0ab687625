import { Cancelled, firstFailure, Scope } from '../../engine/index.ts';
import type { Part as PartOf } from '../../flow/index.ts';
import type { Part } from './part.ts';

/** A part that runs beside others. */
export interface Beside<Value> {
  readonly path: string;
  readonly run: (host: Part) => Promise<Value>;
}

/** Runs all parts at the same time, at most `concurrency` of them. */
export async function all(
  part: Part,
  id: string,
  parts: Readonly<Record<string, PartOf<unknown>>>,
  options: { readonly concurrency?: number },
): Promise<Readonly<Record<string, unknown>>> {
  const names = Object.keys(parts);
  const path = part.open(id);
  const values = await sideBySide(
    part,
    Object.entries(parts).map(([name, run]) => ({ path: `${path}/${name}`, run })),
    options.concurrency ?? names.length,
  );
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

/** A sliding window over parts. When one fails the others are cancelled, and it has failed when all have come to rest. */
export async function sideBySide<Value>(
  part: Part,
  parts: readonly Beside<Value>[],
  concurrency: number,
): Promise<Value[]> {
  const scope = new Scope(part.scope);
  const values: Value[] = [];
  const failures: unknown[] = [];
  let time = part.time;
  await window(part, parts, concurrency, async (beside, index) => {
    const inner = part.part(beside.path, scope);
    try {
      values[index] = await beside.run(inner);
    } catch (thrown) {
      failures.push(thrown);
      scope.abort(new Cancelled(`A part beside it failed: ${beside.path}.`));
    }
    time = Math.max(time, inner.time);
  });
  scope.close();
  part.time = time;
  if (failures.length === 0) return values;
  // A failure of its own comes first: what was cancelled follows from it.
  throw firstFailure(failures) ?? part.scope.reason ?? scope.reason;
}

/** Does something for each of a list, at most so many at a time. `work` must not throw. */
export async function window<Item>(
  { run: { driver } }: Part,
  items: readonly Item[],
  width: number,
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) await work(items[index] as Item, index);
  };
  const lanes = Math.min(Math.max(1, width), items.length);
  await driver.join(Array.from({ length: lanes }, () => driver.fork(lane)));
}
