import type { GraphEdge } from '../graph.ts';
import type { Tree } from '../tree.ts';
import { mermaidLabel, mermaidText } from './text.ts';

/** The arrows of a state diagram: those that must stand in a certain scope, and the others. */
export interface Arrows {
  readonly inside: (scope: string) => readonly string[];
  readonly outside: readonly string[];
}

/** The scope of a state diagram that begins with this state: of a region, where the state around has regions. */
export function scopeKey(tree: Tree, around: string | undefined, child: string | undefined): string {
  if (around === undefined) return '';
  return tree.node(around)?.kind === 'parallel' ? `${around}\n${child ?? ''}` : around;
}

/** Where each arrow has to stand so that Mermaid draws it. */
export function placeArrows(edges: readonly GraphEdge[], tree: Tree, alias: (id: string) => string): Arrows {
  const inside = new Map<string, Set<string>>();
  const outside: string[] = [];
  const standIns = new Map<string, string[]>();
  const put = (scope: string, line: string): void =>
    void inside.set(scope, (inside.get(scope) ?? new Set<string>()).add(line));
  /** The scope in `around` in which the state at the beginning of the path stands. */
  const scopeOf = (around: string | undefined, path: readonly string[]): string =>
    scopeKey(tree, around, around === undefined ? undefined : path[path.indexOf(around) - 1]);

  /** A name for something of a state in one of its scopes: each region needs one of its own. */
  const own = (around: string, scope: string, word: 'all' | 'anew' | 'first'): string => {
    const scopes = standIns.get(`${word} ${around}`) ?? [];
    standIns.set(`${word} ${around}`, scopes);
    if (!scopes.includes(scope)) scopes.push(scope);
    const index = scopes.indexOf(scope);
    return `${alias(around)}_${word}${index === 0 ? '' : `_${index + 1}`}`;
  };

  // Mermaid draws no arrow between a state and one inside it: inside, a stand-in takes its place.
  const standIn = (around: string, path: readonly string[], word: 'all' | 'anew'): string => {
    const scope = scopeOf(around, path);
    const name = own(around, scope, word);
    const label = tree.node(around)?.label ?? around;
    put(scope, `state "${mermaidText(word === 'all' ? `anywhere in ${label}` : `${label}, anew`)}" as ${name}`);
    return name;
  };

  // A state that is named in a scope belongs to it: what begins further inside is reached from a bar.
  const begin = (around: string | undefined, to: readonly string[], edge: GraphEdge): void => {
    const scope = scopeOf(around, to);
    if (around === undefined || tree.node(edge.to)?.parent === around) {
      put(scope, arrow('[*]', alias(edge.to), edge));
      return;
    }
    const name = own(around, scope, 'first');
    put(scope, `state ${name} <<fork>>`);
    put(scope, `[*] --> ${name}`);
    outside.push(arrow(name, alias(edge.to), edge));
  };

  for (const edge of edges) {
    const [from, to] = [tree.path(edge.from), tree.path(edge.to)];
    const start = tree.node(edge.from);
    if (start?.kind === 'initial') begin(start.parent, to, edge);
    else if (edge.from !== edge.to && to.includes(edge.from))
      outside.push(arrow(standIn(edge.from, to, 'all'), alias(edge.to), edge));
    else if (edge.from !== edge.to && from.includes(edge.to))
      outside.push(arrow(alias(edge.from), standIn(edge.to, from, 'anew'), edge));
    else outside.push(arrow(alias(edge.from), alias(edge.to), edge));
  }
  return { inside: (scope) => [...(inside.get(scope) ?? [])], outside };
}

function arrow(from: string, to: string, edge: GraphEdge): string {
  const text = mermaidLabel(edge);
  return `${from} --> ${to}${text === '' ? '' : ` : ${text}`}`;
}
