import dagre from '@dagrejs/dagre';
import type { Point, Rect } from './positioned.ts';

/** Something to be placed. */
export interface Item {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

/** Something that leads from one item to another. */
export interface Link {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label?: { readonly width: number; readonly height: number } | undefined;
  /** How many ranks it spans at least. */
  readonly ranks?: number;
  readonly weight?: number;
}

/** Where the items stand, rank below rank. */
export interface Ranked {
  readonly items: ReadonlyMap<string, Rect & { readonly rank: number }>;
  /** The bends between both ends, and the middle of the label. */
  readonly links: ReadonlyMap<string, { readonly bends: readonly Point[]; readonly label?: Point }>;
  /** The rank at this height: its upper and its lower end. */
  readonly rankAt: (y: number) => { readonly top: number; readonly bottom: number };
}

/** Places items in ranks from top to bottom. */
export function rank(items: readonly Item[], links: readonly Link[], ranksep = 50): Ranked {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', ranksep, nodesep: 34, edgesep: 22 });
  // Names of our own: an item may be called like anything.
  const keys = new Map(items.map(({ id }, index) => [id, `i${index}`]));
  const key = (id: string): string => keys.get(id) ?? '';
  for (const { id, width, height } of items) graph.setNode(key(id), { width, height });
  for (const [index, { from, to, label, ranks = 1, weight = 1 }] of links.entries()) {
    const size = label === undefined ? {} : { width: label.width, height: label.height, labelpos: 'c' };
    graph.setEdge({ v: key(from), w: key(to), name: `l${index}` }, { minlen: ranks, weight, ...size });
  }
  dagre.layout(graph);

  const placed = new Map(
    items.map(({ id, width, height }) => {
      const { x = 0, y = 0, rank = 0 } = graph.node(key(id)) as { x?: number; y?: number; rank?: number };
      return [id, { x: x - width / 2, y: y - height / 2, width, height, rank }] as const;
    }),
  );
  const middles = new Map<number, number>();
  const grow = (y: number, height: number): void => {
    const at = Math.round(y * 16);
    middles.set(at, Math.max(middles.get(at) ?? 0, height / 2));
  };
  for (const { y, height } of placed.values()) grow(y + height / 2, height);
  const ways = new Map(
    links.map(({ id, from, to, label }, index) => {
      const way = graph.edge({ v: key(from), w: key(to), name: `l${index}` }) as {
        points?: Point[];
        x?: number;
        y?: number;
      };
      const bends = (way.points ?? []).slice(1, -1);
      const middle =
        label === undefined || way.x === undefined || way.y === undefined ? {} : { label: { x: way.x, y: way.y } };
      if (label !== undefined && way.y !== undefined) grow(way.y, label.height);
      return [id, { bends, ...middle }] as const;
    }),
  );
  return {
    items: placed,
    links: ways,
    rankAt: (y) => {
      const half = middles.get(Math.round(y * 16)) ?? 0;
      return { top: y - half, bottom: y + half };
    },
  };
}
