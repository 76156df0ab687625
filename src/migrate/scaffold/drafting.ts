import type { Change, Renames, SystemDiff, SystemModel } from '../../model/index.ts';
import { parsePath, pathName, type PathPiece } from '../../model/edit/path.ts';
import type { Answers } from './answers.ts';
import { newPath } from './names.ts';

/** What a scaffold is drafted from. */
export interface Drafting {
  readonly before: SystemModel;
  readonly after: SystemModel;
  readonly answers: Answers;
  /** The differences that the renames do not explain, by the new names. */
  readonly diff: SystemDiff;
  /** What a thing of before that vanished may be called now, for questions; by the old path. */
  readonly guesses: Renames;
}

/** A change that breaks something, with the names in its path. */
export interface Broken {
  readonly change: Change;
  readonly pieces: readonly PathPiece[];
  readonly reasons: readonly string[];
}

/** What breaks something for some audience below a definition, by its new name. */
export function brokenIn(
  { diff }: Drafting,
  map: string,
  name: string,
  audience: Change['breaks'][number]['audience'],
): readonly Broken[] {
  return diff.breaking.flatMap((change) => {
    const parsed = parsePath(change.path);
    const reasons = change.breaks.filter((each) => each.audience === audience).map(({ reason }) => reason);
    if ('problem' in parsed || reasons.length === 0) return [];
    const [first, second] = parsed.pieces;
    return first?.name === map && second?.name === name ? [{ change, pieces: parsed.pieces, reasons }] : [];
  });
}

/** A guess, as a part of a question. */
export function guessed(guess: string | undefined, then: (name: string) => string): string {
  return guess === undefined ? '' : `Renamed to '${guess}'? Then ${then(guess)}. `;
}

/** Reasons as a sentence. */
export function sentence(reasons: readonly string[]): string {
  const text = reasons.join(', and ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The name that a definition has now; nothing when it is gone. */
export function nameNow(
  { after, answers }: Drafting,
  map: 'events' | 'tasks' | 'flows',
  name: string,
): string | undefined {
  const now = answers.renames.get(newPath(`${map}.${pathName(name)}`, new Map())) ?? name;
  return after[map][now] === undefined ? undefined : now;
}
