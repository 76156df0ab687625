import { messageOf } from '../../core/index.ts';
import type { At, Part as PartOf } from '../../flow/index.ts';
import { Cancelled, lostRace, Scope } from '../../engine/index.ts';
import type { Part } from './part.ts';
import { compensate } from './undo.ts';

/** Which part won, and what it gave. */
export interface Won {
  readonly winner: string;
  readonly value: unknown;
}

/**
 * Runs all parts at the same time. The first that comes to its end without a failure wins. That is on the disk before
 * the others are cancelled, and a replay follows it; when they have come to rest, what they have done is undone, the
 * newest first. A part that fails drops out. When none is left the race has failed.
 */
export async function race(
  part: Part,
  id: string,
  parts: Readonly<Record<string, PartOf<unknown>>>,
  options: { readonly at: At },
): Promise<Won> {
  const { run } = part;
  const names = Object.keys(parts);
  const path = await part.open(id, names, 'won');
  const recorded = run.records.get(path)?.data ?? undefined;
  if (recorded !== undefined && !names.includes(recorded))
    return part.diverged(`'${path}' is recorded as won by '${recorded}', and it no longer has such a part`);
  const scopes = new Map(names.map((name) => [name, new Scope(part.scope)]));
  const failures = new Map<string, unknown>();
  let won: Won | undefined;
  let time = run.records.get(path)?.at ?? part.time;

  const leave = (winner: string): void => {
    for (const [name, scope] of scopes)
      if (name !== winner) scope.abort(new Cancelled(`'${winner}' won the race '${path}'.`));
  };
  const compete = async (name: string): Promise<void> => {
    const inner = part.part(`${path}/${name}`, scopes.get(name) as Scope, recorded === name);
    try {
      const value = await (parts[name] as PartOf<unknown>)(inner);
      await inner.finish();
      // What comes too late, or while all of this is being cancelled, is no win.
      if (won !== undefined || (recorded ?? name) !== name) return;
      if (recorded === undefined && part.scope.reason !== undefined) return;
      won = { winner: name, value };
    } catch (thrown) {
      failures.set(name, thrown);
      return;
    }
    if (recorded !== undefined) return;
    time = run.append({ kind: 'won', path, place: options.at, data: name }).at;
    // At work, so that nobody takes a run out of memory whose other parts only wait.
    run.working(1);
    await run.committed();
    leave(name);
    run.working(-1);
  };
  if (recorded !== undefined) leave(recorded);
  await Promise.all(names.map(compete));
  for (const scope of scopes.values()) scope.close();

  if (won === undefined) {
    // That all have failed counts more than a cancel: in a replay that may come before.
    const cancelled = recorded !== undefined || [...failures.values()].some((thrown) => thrown instanceof Cancelled);
    if (part.scope.reason !== undefined && cancelled) throw part.scope.reason;
    if (recorded !== undefined) {
      const why = messageOf(failures.get(recorded));
      return part.diverged(`'${path}' is recorded as won by '${recorded}', which fails now (${why})`);
    }
    throw lostRace({ run: run.id, step: path, source: part.source(options.at) }, names, failures);
  }
  const { winner } = won;
  part.time = time;
  await compensate(run, ...names.filter((name) => name !== winner).map((name) => `${path}/${name}/`));
  return won;
}
