import type { Graph, GraphNode } from './graph.ts';

/** The nodes of a graph by where they stand. */
export interface Tree {
  /** Those directly below a node, or below nothing. */
  readonly children: (id: string | undefined) => readonly GraphNode[];
  readonly node: (id: string) => GraphNode | undefined;
  /** The ids from the node itself outwards. */
  readonly path: (id: string) => readonly string[];
}

/** Who stands below whom. */
export function treeOf({ nodes }: Graph): Tree {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const below = Map.groupBy(nodes, ({ parent }) => parent);
  const path = (id: string): readonly string[] => {
    const parent = byId.get(id)?.parent;
    return parent === undefined ? [id] : [id, ...path(parent)];
  };
  return { children: (id) => below.get(id) ?? [], node: (id) => byId.get(id), path };
}
