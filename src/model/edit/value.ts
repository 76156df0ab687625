import type { ImportNode, LocalNode } from '../nodes/expression.ts';
import type { Location } from '../nodes/location.ts';
import type { EditValue } from './edit.ts';
import { isOwner, maps, type Owner } from './grammar.ts';
import type { Place } from './place.ts';
import { Refused, refuse } from './problem.ts';
import { kindOfField, type FragmentKind, type ReadText } from './read.ts';
import type { Work } from './work.ts';

/** What an edit puts into a place, and what has to come along. */
export interface Given {
  readonly value: unknown;
  readonly locals: readonly LocalNode[];
  readonly imports: readonly ImportNode[];
}

/** The value of an edit, as a node of the model: called as the path says, and with a location everywhere. */
export function given(edit: EditValue, place: Place, work: Work, read: ReadText | undefined): Given {
  const kind = fragmentKind(place);
  if (!('text' in edit)) return { value: fitted(copied(edit.value, place), place), locals: [], imports: [] };
  if (read === undefined) {
    return refuse('MR1788', place.location, `the text for '${place.path}' cannot be read here.`, {
      hint: 'Give a `value`, or hand in `read`: `dsl edit` and `editSystem` do.',
    });
  }
  const found = read(edit.text, { kind, path: place.path, name: place.name, model: work.model });
  if ('diagnostics' in found) {
    throw new Refused(
      found.diagnostics.map(({ code, message, hint, file, line, column, endLine, endColumn }) => ({
        code: 'MR1784' as const,
        message: `the text for '${place.path}' cannot be read: ${message} (${code})`,
        ...(hint !== undefined && { hint }),
        location: { file, line, column, endLine, endColumn },
      })),
    );
  }
  const { node, locals = [], imports = [] } = found;
  return { value: fitted(copied(node, place), place), locals, imports };
}

function fragmentKind({ what, map, type, name }: Place): FragmentKind {
  if (what === 'definition' && map !== undefined) return maps[map];
  if (what === 'body') return 'body';
  return what === 'field' || what === 'element' || what === 'definition' ? kindOfField(type, name) : what;
}

function copied(value: unknown, { path, location }: Place): unknown {
  try {
    return structuredClone(value);
  } catch {
    return refuse('MR1784', location, `what is given for '${path}' is no data.`);
  }
}

/** Wraps what may be given without its name, and fills in locations. */
function fitted(value: unknown, place: Place): unknown {
  const { what, name, map } = place;
  // What the path says need not be said again.
  const own =
    what === 'definition' && map !== undefined
      ? { kind: maps[map], name }
      : what === 'state'
        ? { kind: what, name }
        : {};
  const located = withLocations(isOwner(value) ? { ...own, ...value } : value, place.location);
  if (what === 'on' && Array.isArray(located)) return { event: name, transitions: located, location: place.location };
  if (what === 'part' && isOwner(located) && located['kind'] === 'body') return { name, body: located };
  if (what === 'match' && isOwner(located) && located['kind'] === 'expression') return { field: name, value: located };
  if (what === 'graphNode' && isOwner(located) && located['kind'] === 'call') {
    return { name, needs: [], call: located, location: place.location };
  }
  return located;
}

const nodeKinds: ReadonlySet<string> = new Set(
  (
    'context event task agent resource flow machine local import body call expression schema state transition run ' +
    'step parallel branch map repeat graph race attempt waitFor approve sleep emit returns ' +
    'assign raise start send cancel forEach when'
  ).split(' '),
);
/** Members that hold no nodes: the user's own data, and what a call calls. */
const userData: ReadonlySet<string> = new Set(['metadata', 'options', 'examples', 'retention', 'budget', 'access']);

/** Puts a location where a node has none, so that what was made by hand need not say where it stands. */
function withLocations(value: unknown, location: Location): unknown {
  if (Array.isArray(value)) return value.map((inner) => withLocations(inner, location));
  if (!isOwner(value)) return value;
  const own = isOwner(value['location']) ? (value['location'] as unknown as Location) : location;
  const isNode =
    nodeKinds.has(String(value['kind'])) ||
    Array.isArray(value['transitions']) ||
    (Array.isArray(value['needs']) && isOwner(value['call']));
  const inner = Object.entries(value).map(([key, member]) => [
    key,
    userData.has(key) || key === 'location' || key === 'target' ? member : withLocations(member, own),
  ]);
  return { ...(Object.fromEntries(inner) as Owner), ...(isNode && { location: own }) };
}
