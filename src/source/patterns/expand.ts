import { MillraceError, nearest } from '../../core/index.ts';
import type { Edit } from '../../model/index.ts';
import { approval } from './approval.ts';
import { mapReduce } from './map-reduce.ts';
import type { Definition, Pattern, PatternOptions } from './pattern.ts';
import { pipeline } from './pipeline.ts';
import { retryUntil } from './retry-until.ts';
import { saga } from './saga.ts';
import { checkValues } from './values.ts';

/** All patterns. */
export const library: readonly Pattern[] = [mapReduce, pipeline, approval, saga, retryUntil];

/** What came of a pattern and its parameters: edits, or all that is wrong, each in a sentence. */
export type Expanded =
  | { readonly edits: readonly Edit[] }
  | { readonly problems: readonly string[]; readonly code: 'MR2034' | 'MR2035' };

/**
 * The edits that put a pattern into a system. Never throws: whatever is wrong with the name or the parameters is told,
 * all of it at once.
 *
 * @param name `map-reduce`, `pipeline`, `approval`, `saga` or `retry-until`.
 * @example
 * ```ts
 * import { expandPattern } from 'millrace/source';
 *
 * const expanded = expandPattern('saga', { name: 'bookTrip', steps: ['flight', 'hotel'] });
 * if ('problems' in expanded) for (const problem of expanded.problems) console.error(problem);
 * else console.log(JSON.stringify(expanded.edits));
 * ```
 */
export function expandPattern(name: string, parameters: unknown, options: PatternOptions = {}): Expanded {
  const pattern = library.find((each) => each.name === name);
  if (pattern === undefined) {
    const names = library.map((each) => each.name);
    const like = nearest(name, names);
    const hint = like === undefined ? `There are: ${names.join(', ')}.` : `Did you mean '${like}'?`;
    return { code: 'MR2034', problems: [`There is no pattern '${name}'. ${hint}`] };
  }
  const checked = checkValues(pattern, parameters);
  if ('problems' in checked) return { code: 'MR2035', problems: checked.problems };
  return { edits: pattern.definitions(checked.values).map((definition) => editOf(definition, options)) };
}

/** The edits of a pattern, for those who know that the parameters are right. */
export function expandOrThrow(name: string, parameters: unknown, options?: PatternOptions): readonly Edit[] {
  const expanded = expandPattern(name, parameters, options);
  if ('edits' in expanded) return expanded.edits;
  const { code, problems } = expanded;
  const message = code === 'MR2034' ? problems.join(' ') : `The pattern '${name}': ${problems.join('; ')}.`;
  throw new MillraceError(message, { code, retryable: false, fault: 'input' });
}

const maps = { event: 'events', task: 'tasks', flow: 'flows' } as const;
function editOf({ kind, name, text }: Definition, { file }: PatternOptions): Edit {
  return { op: 'add', path: `${maps[kind]}.${name}`, text, ...(file !== undefined && { file }) };
}

/**
 * What a pattern adds, as a `.dsl.ts` would have it: to read, or to begin a file with.
 *
 * @throws MillraceError MR2034, MR2035
 */
export function patternText(name: string, parameters: unknown): string {
  return expandOrThrow(name, parameters)
    .flatMap((edit) => ('text' in edit ? [edit.text] : []))
    .join('\n');
}
