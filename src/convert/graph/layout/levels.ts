import type { GraphEdge } from '../graph.ts';
import type { Tree } from '../tree.ts';

/** What of an edge runs directly inside one node: between two of its children, or from or to its border. */
export interface Local {
  readonly edge: GraphEdge;
  /** `main` carries the label; `exit` leads from a child out of the node, `enter` from outside to a child. */
  readonly role: 'main' | 'exit' | 'enter';
  /** A child; absent: the border of the node. */
  readonly from?: string;
  readonly to?: string;
}

/** The pieces of all edges, by the node that they run in; `undefined` is the whole picture. */
export function levelsOf(edges: readonly GraphEdge[], tree: Tree): ReadonlyMap<string | undefined, readonly Local[]> {
  const levels = new Map<string | undefined, Local[]>();
  const add = (level: string | undefined, local: Local): void => {
    const locals = levels.get(level);
    if (locals === undefined) levels.set(level, [local]);
    else locals.push(local);
  };
  for (const edge of edges) {
    const from = tree.path(edge.from);
    const to = tree.path(edge.to);
    // The innermost node that holds both ends, or is one end and holds the other.
    const shared = edge.from === edge.to ? from[1] : from.find((id) => to.includes(id));
    const [out, into] = [upTo(from, shared), upTo(to, shared)];
    const [start, end] = [out.at(-1), into.at(-1)];
    for (const [index, id] of out.slice(0, -1).entries()) add(out[index + 1], { edge, role: 'exit', from: id });
    add(shared, {
      edge,
      role: 'main',
      ...(start === undefined ? {} : { from: start }),
      ...(end === undefined ? {} : { to: end }),
    });
    for (const [index, id] of into.slice(0, -1).entries()) add(into[index + 1], { edge, role: 'enter', to: id });
  }
  return levels;
}

/** The part of a path below one of its nodes; all of it when that is nothing. */
function upTo(path: readonly string[], end: string | undefined): readonly string[] {
  return end === undefined ? path : path.slice(0, path.indexOf(end));
}
