import { nearest } from '../../core/index.ts';

/** `'a', 'b' and 'c'`: at most ten names, then how many more there are. */
export function list(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `'${name}'`);
  const more = names.length - shown.length;
  if (more > 0) shown.push(`${more} more`);
  return shown.length < 2 ? (shown[0] ?? 'none') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** `an event`, `a task`. */
export function article(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** What names there are, as a sentence. */
export function knownNames(known: readonly string[], noun: string): string {
  return known.length === 0 ? `There is no ${noun} yet.` : `Known ${noun}s: ${list([...known].sort())}.`;
}

/** What to say about a name that is not among the known ones: a suggestion or the names themselves. */
export function unknownName(actual: string, known: readonly string[], noun: string) {
  const suggestion = nearest(actual, known);
  const all = knownNames(known, noun);
  return {
    hint: suggestion === undefined ? all : `Did you mean '${suggestion}'? ${all}`,
    context: {
      actual,
      expected: `one of the ${noun}s`,
      ids: [actual],
      ...(suggestion !== undefined && { suggestion }),
    },
  };
}
