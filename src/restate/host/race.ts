import { Cancelled, lostRace, Scope } from '../../engine/index.ts';
import type { At, Part as PartOf } from '../../flow/index.ts';
import type { Part } from './part.ts';
import { compensate } from './undo.ts';

/** Which part won, and what it gave. */
export interface Won {
  readonly winner: string;
  readonly value: unknown;
}

/**
 * Runs all parts at the same time. The first that comes to its end without a failure wins, which is the same one in every
 * replay: the journal has the order in which things came. The others are cancelled; when they have come to rest, what they have
 * done is undone, the newest first. A part that fails drops out. When none is left the race has failed.
 */
export async function race(
  part: Part,
  id: string,
  parts: Readonly<Record<string, PartOf<unknown>>>,
  options: { readonly at: At },
): Promise<Won> {
  const { run } = part;
  const names = Object.keys(parts);
  const path = part.open(id);
  const scopes = new Map(names.map((name) => [name, new Scope(part.scope)]));
  const failures = new Map<string, unknown>();
  let won: Won | undefined;
  let time = part.time;

  const compete = async (name: string): Promise<void> => {
    const inner = part.part(`${path}/${name}`, scopes.get(name) as Scope);
    try {
      const value = await (parts[name] as PartOf<unknown>)(inner);
      // What comes too late, or while all of this is being cancelled, is no win.
      if (won !== undefined || part.scope.reason !== undefined) return;
      won = { winner: name, value };
      time = inner.time;
    } catch (thrown) {
      failures.set(name, thrown);
      return;
    }
    for (const [other, scope] of scopes)
      if (other !== name) scope.abort(new Cancelled(`'${name}' won the race '${path}'.`));
  };
  await run.driver.join(names.map((name) => run.driver.fork(() => compete(name))));
  for (const scope of scopes.values()) scope.close();

  if (won === undefined) {
    // That all have failed counts more than a cancel that came meanwhile.
    const hasFailed = names.every((name) => failures.has(name) && !(failures.get(name) instanceof Cancelled));
    if (part.scope.reason !== undefined && !hasFailed) throw part.scope.reason;
    throw lostRace({ run: run.id, step: path, source: part.source(options.at) }, names, failures);
  }
  const { winner } = won as Won;
  part.time = Math.max(part.time, time);
  await compensate(run, ...names.filter((name) => name !== winner).map((name) => `${path}/${name}/`));
  return won;
}
