import { attach, type End } from './attach.ts';
import { labelBox, sizes, type Box } from './boxes.ts';
import { crossings } from './crossings.ts';
import type { Local } from './levels.ts';
import { canMirror, mirror } from './mirror.ts';
import { portKey, portOf, type Piece, type Placed, type PlacedLabel, type Side, type Sides } from './placed.ts';
import type { Point } from './positioned.ts';
import { rank, type Item, type Link, type Ranked } from './ranks.ts';

/** What lies in a node: its children with their places, and the edges among them. */
export type Content = Pick<Placed, 'children' | 'pieces' | 'labels' | 'ports' | 'separators'> & {
  readonly width: number;
  readonly height: number;
};

/** A link of the ranks: from its upper to its lower end. */
interface Way extends Link {
  readonly local: Local;
  /** The end at the border, if one is. */
  readonly border?: Side;
  /** The edge runs against the link. */
  readonly upwards: boolean;
  readonly box?: Box | undefined;
}

/** Ids of ports begin with it; no other id does. */
const portMark = '\u0000';

const isLoop = ({ from, to }: Local): boolean => from !== undefined && from === to;

/** Which way each edge runs between the children, and in which rank each child stands: neither depends on sizes. */
export function ranksOf(
  ids: readonly string[],
  locals: readonly Local[],
): { readonly rank: (id: string) => number; readonly last: number } {
  const links = locals.flatMap((local) =>
    local.from === undefined || local.to === undefined || isLoop(local)
      ? []
      : [{ id: local.edge.id, from: local.from, to: local.to, weight: weightOf(local) }],
  );
  const { items } = rank(
    ids.map((id) => ({ id, width: 100, height: 40 })),
    links,
  );
  const of = (id: string): number => items.get(id)?.rank ?? 0;
  return { rank: of, last: Math.max(0, ...ids.map(of)) };
}

function weightOf({ edge }: Local): number {
  return edge.kind === 'initial' || edge.kind === 'next' ? 3 : 1;
}

/** So many edges in one node are a thicket in any order. */
const manyEdges = 60;

/** How a level is laid out. */
interface Level {
  readonly locals: readonly Local[];
  readonly sides: (local: Local) => Sides;
  /** The rank of each child, and the last one. */
  readonly ranks: ReturnType<typeof ranksOf>;
  /** How much room there is above for the title of the node. */
  readonly head: Box | undefined;
  readonly spacing: number;
}

/**
 * Lays children out in ranks. The order of the edges decides who stands left of whom, and what is inside of a child may be
 * shown the other way round: what gives fewer crossings is taken.
 */
export function layoutGrid(
  children: readonly Placed[],
  locals: readonly Local[],
  sides: (local: Local) => Sides,
  head: Box | undefined,
  spacing: number,
): Content {
  const ranks = ranksOf(
    children.map(({ node }) => node.id),
    locals,
  );
  const level = { locals, sides, ranks, head, spacing };
  // This way round, what is written first stands on the left.
  let best = arrange(children, { ...level, locals: locals.toReversed() });
  if (locals.length > manyEdges) return best;
  let least = crossings(best.pieces);
  let order = children;
  const look = (candidate: readonly Placed[], other: Level): void => {
    if (least === 0) return;
    const content = arrange(candidate, other);
    const crossed = crossings(content.pieces);
    if (crossed < least) [best, least, order] = [content, crossed, candidate];
  };
  look(children, level);
  for (const [index, child] of children.entries()) {
    if (child.ports.size < 2 || !canMirror(child)) continue;
    const candidate = order.with(index, mirror(child));
    look(candidate, { ...level, locals: locals.toReversed() });
    look(candidate, level);
  }
  return best;
}

function arrange(children: readonly Placed[], { locals, sides, ranks, head, spacing }: Level): Content {
  const byId = new Map(children.map((placed) => [placed.node.id, placed]));
  const { rank: rankOf, last } = ranks;
  const ways = locals
    .filter((local) => !isLoop(local))
    .map((local) => wayOf(local, sides(local), rankOf, last))
    .toSorted((a, b) => lean(a.local, byId) - lean(b.local, byId));
  const ports: readonly Item[] = ways.flatMap(({ id, border }) =>
    border === undefined ? [] : [{ id: `${portMark}${id}`, width: 2, height: 1 }],
  );
  const ranked = rank(
    [
      ...children.map(({ node, outerWidth, outerHeight }) => ({ id: node.id, width: outerWidth, height: outerHeight })),
      ...ports,
    ],
    ways,
    spacing,
  );

  const extent = extentOf(ranked, ways);
  const inner = extent.right - extent.left;
  const width = Math.max(inner + 2 * sizes.pad, head?.width ?? 0);
  const top = head === undefined ? sizes.pad : head.height + (ports.length > 0 ? 0 : 6);
  const [dx, dy] = [(width - inner) / 2 - extent.left, top - extent.top];
  const height = extent.bottom - extent.top + top + sizes.pad;

  const placedChildren = children.map((placed) => {
    const { x = 0, y = 0 } = ranked.items.get(placed.node.id) ?? {};
    return { x: x + dx, y: y + dy + (placed.outerHeight - placed.height) / 2, placed };
  });
  const at = new Map(placedChildren.map((child) => [child.placed.node.id, child]));
  const touches = touchesOf(ways, ranked, at, dx);
  const portPlaces = new Map<string, number>();
  const pieces = ways.map((way): Piece => {
    const bends = ranked.links.get(way.id)?.bends ?? [];
    const down: Point[] = [];
    const end = (id: string, side: Side): readonly Point[] => {
      const child = at.get(id);
      if (child === undefined) {
        const x = (ranked.items.get(id)?.x ?? 0) + 1 + dx;
        if (way.local.role !== 'main') portPlaces.set(portKey(way.local.edge, way.local.role), x);
        return [{ x, y: side === 'top' ? height : 0 }];
      }
      const x = touches.get(`${way.id} ${side}`) ?? child.x + child.placed.width / 2;
      const item = ranked.items.get(id);
      const range = ranked.rankAt((item?.y ?? 0) + (item?.height ?? 0) / 2);
      return side === 'top'
        ? [
            { x, y: range.top + dy },
            { x, y: child.y },
          ]
        : [
            { x, y: child.y + child.placed.height },
            { x, y: range.bottom + dy },
          ];
    };
    down.push(...end(way.from, 'bottom'));
    for (const { x, y } of bends) {
      const range = ranked.rankAt(y);
      down.push({ x: x + dx, y: range.top + dy }, { x: x + dx, y: range.bottom + dy });
    }
    down.push(...end(way.to, 'top'));
    return { local: way.local, points: way.upwards ? down.toReversed() : down };
  });
  const labels = ways.flatMap(({ id, local, box }): PlacedLabel[] => {
    const middle = ranked.links.get(id)?.label;
    if (box === undefined || middle === undefined) return [];
    const { width: w, height: h } = box;
    return [{ edge: local.edge, box, x: middle.x - w / 2 + dx, y: middle.y - h / 2 + dy, width: w, height: h }];
  });
  return { width, height, children: placedChildren, pieces, labels, ports: portPlaces, separators: [] };
}

function wayOf(local: Local, { exit, enter }: Sides, rankOf: (id: string) => number, last: number): Way {
  const { edge, role, from, to } = local;
  const id = `${role} ${edge.id}`;
  const box = role === 'main' ? labelBox(edge) : undefined;
  const common = { id, local, box, label: box };
  // Ranks are counted twice as fine as links count them.
  const below = (child: string): number => Math.ceil((last - rankOf(child)) / 2) + 1;
  const above = (child: string): number => Math.ceil(rankOf(child) / 2) + 1;
  const port = `${portMark}${id}`;
  if (from !== undefined && to !== undefined) {
    const upwards = rankOf(to) < rankOf(from);
    const ends = upwards ? { from: to, to: from } : { from, to };
    return { ...common, ...ends, upwards, weight: weightOf(local) };
  }
  if (to !== undefined) {
    return enter === 'top' || role === 'main'
      ? { ...common, from: port, to, border: 'top', upwards: false, ranks: above(to) }
      : { ...common, from: to, to: port, border: 'bottom', upwards: true, ranks: below(to) };
  }
  const child = from ?? '';
  return exit === 'bottom' || role === 'main'
    ? { ...common, from: child, to: port, border: 'bottom', upwards: false, ranks: below(child) }
    : { ...common, from: port, to: child, border: 'top', upwards: true, ranks: above(child) };
}

/** How far to the left or right of the middle an edge must touch its ends: those on the left are placed first. */
function lean(local: Local, byId: ReadonlyMap<string, Placed>): number {
  return (['from', 'to'] as const).reduce((sum, end) => {
    const placed = byId.get(local[end] ?? '');
    const port = placed === undefined ? undefined : portOf(placed, local, end);
    return placed === undefined || port === undefined ? sum : sum + port / placed.width - 0.5;
  }, 0);
}

/** Where each edge touches the children: x by the edge and the side. */
function touchesOf(
  ways: readonly Way[],
  ranked: Ranked,
  at: ReadonlyMap<string, Content['children'][number]>,
  dx: number,
): ReadonlyMap<string, number> {
  const ends = new Map<string, (End & { readonly key: string })[]>();
  for (const way of ways) {
    const bends = ranked.links.get(way.id)?.bends ?? [];
    const end = (id: string, side: Side, bend: Point | undefined): void => {
      const child = at.get(id);
      if (child === undefined) return;
      const port = portOf(child.placed, way.local, (side === 'bottom') === way.upwards ? 'to' : 'from');
      const want = port === undefined ? (bend?.x ?? 0) + dx : child.x + port;
      const list = ends.get(`${id} ${side}`) ?? [];
      ends.set(`${id} ${side}`, list);
      list.push({ key: `${way.id} ${side}`, want, fixed: port !== undefined });
    };
    end(way.from, 'bottom', bends[0]);
    end(way.to, 'top', bends.at(-1));
  }
  const touches = new Map<string, number>();
  for (const { x, placed } of at.values()) {
    for (const side of ['top', 'bottom'] as const) {
      const inset = Math.min(placed.inset, placed.width / 2);
      const found = attach(ends.get(`${placed.node.id} ${side}`) ?? [], x + inset, x + placed.width - inset);
      for (const [{ key }, place] of found) touches.set(key, place);
    }
  }
  return touches;
}

/** Everything that was placed lies in here. */
function extentOf(ranked: Ranked, ways: readonly Way[]) {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const [id, { x, y, width, height }] of ranked.items) {
    xs.push(x, x + width);
    // Edges that go out reach the border anyway.
    if (!id.startsWith(portMark)) ys.push(y, y + height);
  }
  for (const { id, box } of ways) {
    const link = ranked.links.get(id);
    for (const { x, y } of link?.bends ?? []) {
      xs.push(x);
      ys.push(y);
    }
    if (box === undefined || link?.label === undefined) continue;
    xs.push(link.label.x - box.width / 2, link.label.x + box.width / 2);
    ys.push(link.label.y - box.height / 2, link.label.y + box.height / 2);
  }
  if (xs.length === 0) return { left: 0, right: 0, top: 0, bottom: 0 };
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}
