import { shownBy, type Edge, type Exploration, type Node } from './explore.ts';

/** A way through what was explored, from a root. */
export interface Chain {
  readonly root: Node;
  readonly edges: readonly Edge[];
}

// A longer path is hard to read; another one from the start is better, unless it is a long way to where that one begins.
const longest = 12;

/**
 * Few, short ways that together take every transition that was seen taken, and meet every guard that was seen not to
 * hold: each goes to the nearest one that is still missing, and goes on from there as long as that is not longer than to
 * begin anew.
 */
export function chooseChains({ roots, covered, refused }: Exploration): readonly Chain[] {
  const missing = new Set(shownBy({ taken: [...covered], refused: [...refused] }));
  const chains: Chain[] = [];
  const take = (taken: readonly string[]): void => taken.forEach((at) => missing.delete(at));
  const isNew = (edge: Edge): boolean => shownBy(edge).some((at) => missing.has(at));
  for (const root of roots) {
    const taken = atStart(root);
    if (!taken.some((at) => missing.has(at))) continue;
    take(taken);
    chains.push({ root, edges: [] });
  }
  while (missing.size > 0) {
    const edges = [...(nearest(roots, isNew) ?? [])];
    const first = edges[0];
    if (first === undefined) break;
    for (let last = edges.at(-1); last !== undefined; last = edges.at(-1)) {
      for (const edge of edges) take(shownBy(edge));
      const more = nearest([last.to], isNew);
      const goal = more?.at(-1);
      if (more === undefined || goal === undefined) break;
      const anew = goal.from.depth + 1;
      if (more.length > anew || (edges.length + more.length > longest && anew <= longest / 2)) break;
      edges.push(...more);
    }
    chains.push({ root: first.from, edges });
  }
  return pruned(chains);
}

/** The exact way by which a situation was found, and one step more. */
export function chainTo(edge: Edge): Chain {
  const edges = [edge];
  for (let via = edge.from.via; via !== undefined; via = via.from.via) edges.unshift(via);
  return { root: (edges[0] as Edge).from, edges };
}

function atStart({ start }: Node): readonly string[] {
  return start === undefined ? [] : shownBy(start.expect);
}

/** Every edge that can be reached, in the order in which it was found. */
export function* edgesFrom(roots: readonly Node[]): Generator<Edge> {
  const seen = new Set<Node>(roots);
  for (const node of seen) {
    for (const edge of node.edges) {
      yield edge;
      seen.add(edge.to);
    }
  }
}

/** A shortest way to a wanted edge; one on which nothing throws, if there is one. */
function nearest(from: readonly Node[], wanted: (edge: Edge) => boolean): readonly Edge[] | undefined {
  return search(from, wanted, (edge) => !edge.threw) ?? search(from, wanted, () => true);
}

function search(
  from: readonly Node[],
  wanted: (edge: Edge) => boolean,
  allowed: (edge: Edge) => boolean,
): readonly Edge[] | undefined {
  const via = new Map<Node, Edge | undefined>(from.map((node) => [node, undefined]));
  for (const node of via.keys()) {
    // What leads nowhere else comes first: elsewhere it would have to be come back for.
    const staying = node.edges.filter(({ to }) => to === node);
    for (const edge of [...staying, ...node.edges]) {
      if (!allowed(edge)) continue;
      if (wanted(edge)) {
        const way = [edge];
        for (let back = via.get(node); back !== undefined; back = via.get(back.from)) way.unshift(back);
        return way;
      }
      if (!via.has(edge.to)) via.set(edge.to, edge);
    }
  }
  return undefined;
}

/** Without the ways, and the ends of ways, whose transitions the others take anyway. */
function pruned(chains: readonly Chain[]): readonly Chain[] {
  const count = new Map<string, number>();
  const all = ({ root, edges }: Chain): string[] => [...atStart(root), ...edges.flatMap(shownBy)];
  for (const chain of chains) for (const at of new Set(all(chain))) count.set(at, (count.get(at) ?? 0) + 1);
  const kept: Chain[] = [];
  for (const chain of chains) {
    const own = new Set(all(chain));
    if ([...own].every((at) => (count.get(at) ?? 0) > 1)) for (const at of own) count.set(at, (count.get(at) ?? 0) - 1);
    else kept.push(chain);
  }
  return kept.map(({ root, edges }, index) => {
    const others = new Set(kept.flatMap((chain, other) => (other === index ? [] : all(chain))));
    const isTelling = (edge: Edge, at: number): boolean =>
      shownBy(edge).some(
        (each) => !others.has(each) && !edges.slice(0, at).some((before) => shownBy(before).includes(each)),
      );
    const last = edges.findLastIndex(isTelling);
    return { root, edges: edges.slice(0, last + 1) };
  });
}
