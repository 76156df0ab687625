import type { Graph, GraphEdge } from '../graph.ts';
import type { Tree } from '../tree.ts';

/**
 * An edge of a flow as edges between steps: into all that begins in a subgraph, out of all that ends in it. Mermaid fails at
 * many graphs in which the subgraphs themselves are joined.
 */
export function stepToStep(edge: GraphEdge, graph: Graph, tree: Tree): readonly GraphEdge[] {
  const outer = (id: string, side: 'from' | 'to'): readonly string[] => {
    const children = tree.children(id);
    const inside = new Set(children.map((child) => child.id));
    const joined = (child: string): boolean =>
      graph.edges.some((other) => {
        // A part that may fail is an end nevertheless.
        if (other.kind === 'again' || (other.kind === 'failure' && side === 'from')) return false;
        return other[side] === child && inside.has(other.from) && inside.has(other.to);
      });
    const ends = children.filter((child) => !joined(child.id));
    return children.length === 0 ? [id] : ends.flatMap((child) => outer(child.id, side));
  };
  const from = outer(edge.from, 'from');
  const to = outer(edge.to, 'to');
  // Where a failure comes from is the whole of its part; one arrow tells that.
  if (edge.kind === 'failure') return [{ ...edge, from: from.at(-1) ?? edge.from, to: to[0] ?? edge.to }];
  return from.flatMap((start) => to.map((end) => ({ ...edge, from: start, to: end })));
}
