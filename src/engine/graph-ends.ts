import type { GraphFailure } from '../flow/index.ts';
import type { GraphNode } from './graph-nodes.ts';

/** How a node of a graph has ended. */
export type NodeEnd = { readonly is: 'done'; readonly value: unknown } | { readonly is: 'failed' | 'skipped' };

/** By the name of the node. */
export type NodeEnds = ReadonlyMap<string, NodeEnd>;

/** The values of nodes, by name: undefined where there is none. */
export function valuesOf(ends: NodeEnds, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    names.map((name) => {
      const end = ends.get(name);
      return [name, end?.is === 'done' ? end.value : undefined];
    }),
  );
}

/** The nodes whose time has come. `skip`: notes at once that one cannot run any more. */
export function readyNodes(
  nodes: readonly GraphNode[],
  ends: NodeEnds,
  onFailure: GraphFailure | undefined,
  skip: (node: GraphNode) => void,
): readonly GraphNode[] {
  const ready: GraphNode[] = [];
  for (const node of nodes) {
    if (ends.has(node.name)) continue;
    const needs = node.needs.map((need) => ends.get(need)?.is);
    if (needs.includes(undefined)) continue;
    if (needs.every((is) => is === 'done') || onFailure === 'skip') ready.push(node);
    else skip(node);
  }
  return ready;
}
