import type { Part as PartOf } from '../../flow/index.ts';
import { Cancelled, firstFailure, Scope } from '../../engine/index.ts';
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
  const path = await part.open(id, names);
  const values = await sideBySide(
    part,
    Object.entries(parts).map(([name, run]) => ({ path: `${path}/${name}`, run })),
    options.concurrency ?? names.length,
  );
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

/**
 * A sliding window over parts. When one fails the others are cancelled, and it has failed when all have come to rest.
 * A cancelled part still runs as far as it is recorded (nothing new happens in it), so that a replay knows its undos.
 */
export async function sideBySide<Value>(
  part: Part,
  parts: readonly Beside<Value>[],
  concurrency: number,
): Promise<Value[]> {
  const scope = new Scope(part.scope);
  const values: Value[] = [];
  const failures: unknown[] = [];
  let next = 0;
  let time = part.time;
  const work = async (): Promise<void> => {
    for (let index = next++; index < parts.length; index = next++) {
      const beside = parts[index] as Beside<Value>;
      const inner = part.part(beside.path, scope);
      try {
        values[index] = await beside.run(inner);
        await inner.finish();
      } catch (thrown) {
        failures.push(thrown);
        scope.abort(new Cancelled(`A part beside it failed: ${beside.path}.`));
      }
      time = Math.max(time, inner.time);
    }
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, concurrency), parts.length) }, work));
  scope.close();
  part.time = time;
  if (failures.length === 0) return values;
  // A failure of its own comes first: in a replay it may have been cancelled before it got that far.
  throw firstFailure(failures) ?? part.scope.reason ?? scope.reason;
}
