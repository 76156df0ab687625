import { resolve, suggestion, type Nowhere, type Place } from './place.ts';
import { isMap, maps } from './grammar.ts';
import type { Journal } from './journal.ts';
import { parsePath, pathName, printPath, type PathPiece } from './path.ts';
import { Refused, refuse } from './problem.ts';
import type { Work } from './work.ts';

/** What all parts of applying one edit share. */
export interface Step {
  readonly work: Work;
  readonly journal: Journal;
}

/** Finds the place that an edit names, in a copy that may be changed. */
export function find({ work, journal }: Step, path: string): Place {
  const parsed = parsePath(path);
  const at = work.model.location;
  if ('problem' in parsed) {
    return refuse('MR1780', at, `'${path}' is no path: ${parsed.problem} (at ${parsed.column}).`);
  }
  const { pieces } = parsed;
  if (pieces.some(({ name }) => name === '__proto__')) {
    return refuse('MR1781', at, `nothing can be called '__proto__': JavaScript gives it a meaning of its own.`);
  }
  const [first, second] = withoutSystem(pieces);
  const gone = journal.goneAt(printPath(withoutSystem(pieces)));
  if (first !== undefined && isMap(first.name) && second !== undefined) work.open(first.name, second.name);
  else if (first !== undefined && !isMap(first.name)) work.openField(first.name);
  const found = resolve(work.system, pieces);
  if (!('problem' in found)) return found;
  return nowhere(found, journal, gone);
}

/** Finds something that must be there. */
export function findThere(step: Step, path: string): Place {
  const place = find(step, path);
  if (place.exists) return place;
  const gone = step.journal.goneAt(place.path);
  const noun = nounOf(place);
  return nowhere(
    {
      problem: `there is no ${noun} '${place.name}'`,
      location: place.location,
      missing: place.path,
      ...suggestion(place.name, place.known, noun),
    },
    step.journal,
    gone,
  );
}

function nowhere(found: Nowhere, journal: Journal, gone: ReturnType<Journal['goneAt']>): never {
  // What an edit before would have made, had it not been refused: that is told there.
  if (journal.dependsOnFailed(found.missing)) throw new Refused([]);
  if (gone !== undefined) {
    const what = gone.to === undefined ? 'removed it' : `renamed it to '${gone.to}'`;
    return refuse('MR1785', found.location, `${found.problem}: edit ${gone.edit} ${what}.`);
  }
  return refuse('MR1781', found.location, `${found.problem}.`, found.hint === undefined ? {} : { hint: found.hint });
}

function withoutSystem(pieces: readonly PathPiece[]): readonly PathPiece[] {
  return pieces.length > 1 && pieces[0]?.name === 'system' ? pieces.slice(1) : pieces;
}

const nouns: Partial<Record<Place['what'], string>> = {
  on: 'event',
  graphNode: 'node',
  timer: 'timer',
  element: 'item',
};

/** What a place is called in a message. */
export function nounOf({ what, map }: Place): string {
  if (what === 'definition' && map !== undefined) return maps[map];
  return nouns[what] ?? what;
}

/** The path of something in the same list or map that has another name. */
export function siblingPath({ path, name }: Place, to: string): string {
  const last = pathName(name);
  return `${path.slice(0, path.length - last.length)}${pathName(to)}`;
}
