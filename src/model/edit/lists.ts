import type { Location } from '../nodes/location.ts';
import { listOf, type Owner } from './grammar.ts';
import { parsePath } from './path.ts';
import { suggestion, type Place } from './place.ts';
import { refuse } from './problem.ts';

/** Where in a list something goes: before an item, by its last name or its index, or at the end. */
export function indexBefore(
  list: readonly unknown[],
  before: string | undefined,
  nameOf: ((item: Owner) => string) | undefined,
  location: Location,
): number {
  if (before === undefined) return list.length;
  const names =
    nameOf === undefined ? list.map((_, index) => String(index)) : list.map((item) => nameOf(item as Owner));
  const index = names.indexOf(before);
  if (index !== -1) return index;
  const parsed = parsePath(before);
  const last = 'pieces' in parsed && parsed.pieces.length > 1 ? parsed.pieces.at(-1)?.name : undefined;
  if (last !== undefined && names.includes(last)) {
    return refuse('MR1781', location, `'before' wants the bare name, but '${before}' is a path.`, {
      hint: `Write '${last}'.`,
    });
  }
  return refuse(
    'MR1781',
    location,
    `there is no '${before}' before which it could go.`,
    suggestion(before, names, 'item'),
  );
}

const owners = {
  step: 'body.steps',
  part: 'parallel.bodies',
  graphNode: 'graph.nodes',
  match: 'waitFor.match',
  alias: 'machine.events',
  state: 'state.states',
  on: 'state.on',
  run: 'state.run',
} as const;

/** The name that an item goes by in the list of a place; nothing where it goes by its index. */
export function nameIn({ what }: Place): ((item: Owner) => string) | undefined {
  if (!Object.hasOwn(owners, what)) return undefined;
  const [type = '', key = ''] = owners[what as keyof typeof owners].split('.');
  return listOf(type, key)?.name;
}
