import { attach, type End } from './attach.ts';
import { labelBox, sizes, type Box } from './boxes.ts';
import type { Content } from './grid.ts';
import type { Local } from './levels.ts';
import { portKey, portOf, type Piece, type Placed, type PlacedLabel, type Side, type Sides } from './placed.ts';
import type { Point } from './positioned.ts';

interface Touch extends End {
  readonly local: Local;
  readonly end: 'from' | 'to';
}

/** Lays children out side by side. Edges between them run in lanes below them. */
export function layoutRow(
  children: readonly Placed[],
  locals: readonly Local[],
  sides: (local: Local) => Sides,
  head: Box,
  regions: boolean,
): Content {
  const gap = regions ? 2 * sizes.pad : sizes.gap;
  const boxes = new Map(locals.map((local) => [local, local.role === 'main' ? labelBox(local.edge) : undefined]));
  const crossing = locals.filter(({ from, to }) => from !== undefined && to !== undefined && from !== to);
  const lanes = new Map<Local, number>();
  const rowHeight = Math.max(0, ...children.map(({ outerHeight }) => outerHeight));
  // A label at the border, of an edge between this node and one inside it, needs room above or below.
  const offsets = new Map<Local, number>();
  const room = (end: 'from' | 'to'): number => {
    const bordering = locals.filter((local) => local.role === 'main' && local[end] === undefined);
    let sum = bordering.length > 0 ? 12 : 0;
    for (const local of bordering) {
      const height = (boxes.get(local)?.height ?? 0) + 6;
      offsets.set(local, sum + height / 2);
      sum += height;
    }
    return bordering.length > 0 ? sum + 12 : 0;
  };
  const top = head.height + 6 + room('from');
  let bottom = top + rowHeight + room('to');
  for (const local of crossing) {
    const height = Math.max(18, (boxes.get(local)?.height ?? 0) + 8);
    lanes.set(local, bottom + height / 2 + 4);
    bottom += height;
  }
  const height = bottom + sizes.pad;

  const natural = children.reduce((sum, { outerWidth }) => sum + outerWidth, gap * Math.max(0, children.length - 1));
  const labels = Math.max(0, ...locals.map((local) => boxes.get(local)?.width ?? 0));
  const width = Math.max(natural + 2 * sizes.pad, head.width, labels + 2 * sizes.pad);
  let x = (width - natural) / 2;
  const separators: number[] = [];
  const placedChildren = children.map((placed, index) => {
    if (regions && index > 0) separators.push(x - gap / 2);
    const child = { x, y: top, placed };
    x += placed.outerWidth + gap;
    return child;
  });
  const at = new Map(placedChildren.map((child) => [child.placed.node.id, child]));
  const sideOf = (local: Local, end: 'from' | 'to'): Side => {
    if (crossing.includes(local)) return 'bottom';
    if (local.role === 'main') return end === 'from' ? 'bottom' : 'top';
    return end === 'from' ? sides(local).exit : sides(local).enter;
  };
  const touches = touchesOf(placedChildren, locals, sideOf);
  const ports = new Map<string, number>();
  const placedLabels: PlacedLabel[] = [];
  const pieces = locals.flatMap((local): Piece[] => {
    const end = (id: string | undefined, which: 'from' | 'to'): Point | undefined => {
      const child = id === undefined ? undefined : at.get(id);
      if (child === undefined) return undefined;
      const side = sideOf(local, which);
      return {
        x: touches.get(`${which} ${local.role} ${local.edge.id}`) ?? child.x + child.placed.width / 2,
        y: side === 'top' ? child.y : child.y + child.placed.height,
      };
    };
    const [from, to] = [end(local.from, 'from'), end(local.to, 'to')];
    const label = (cx: number, cy: number): void => {
      const box = boxes.get(local);
      if (box === undefined) return;
      const left = Math.min(Math.max(cx - box.width / 2, 4), width - box.width - 4);
      placedLabels.push({
        edge: local.edge,
        box,
        x: left,
        y: cy - box.height / 2,
        width: box.width,
        height: box.height,
      });
    };
    if (from !== undefined && to !== undefined) {
      if (local.from === local.to) return [];
      const lane = lanes.get(local) ?? height;
      label((from.x + to.x) / 2, lane);
      return [{ local, points: [from, { x: from.x, y: lane }, { x: to.x, y: lane }, to] }];
    }
    const inner = from ?? to;
    if (inner === undefined) return [];
    const side = from === undefined ? sideOf(local, 'to') : sideOf(local, 'from');
    const border = { x: inner.x, y: side === 'top' ? 0 : height };
    if (local.role === 'main')
      label(inner.x, (side === 'top' ? head.height : top + rowHeight) + (offsets.get(local) ?? 0));
    else ports.set(portKey(local.edge, local.role), inner.x);
    return [{ local, points: from === undefined ? [border, inner] : [inner, border] }];
  });
  return { width, height, children: placedChildren, pieces, labels: placedLabels, ports, separators };
}

function touchesOf(
  children: Content['children'],
  locals: readonly Local[],
  sideOf: (local: Local, end: 'from' | 'to') => Side,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { x, placed } of children) {
    for (const side of ['top', 'bottom'] as const) {
      const ends = locals.flatMap((local): Touch[] =>
        (['from', 'to'] as const).flatMap((end) => {
          if (local[end] !== placed.node.id || local.from === local.to || sideOf(local, end) !== side) return [];
          const port = portOf(placed, local, end);
          const want = port === undefined ? x + placed.width / 2 : x + port;
          return [{ local, end, want, fixed: port !== undefined }];
        }),
      );
      const inset = Math.min(placed.inset, placed.width / 2);
      for (const [{ local, end }, place] of attach(ends, x + inset, x + placed.width - inset))
        found.set(`${end} ${local.role} ${local.edge.id}`, place);
    }
  }
  return found;
}
