import type { Graph, GraphEdge } from '../graph.ts';
import type { Content } from './grid.ts';
import type { Local } from './levels.ts';
import type { Point, PositionedEdge, PositionedGraph, PositionedNode, TextLine } from './positioned.ts';

interface Found {
  readonly role: Local['role'];
  readonly depth: number;
  readonly points: readonly Point[];
}

/** Puts the pieces of a picture together: all places count from its top left. */
export function collect(whole: Content, graph: Graph): PositionedGraph {
  const nodes: PositionedNode[] = [];
  const pieces = new Map<string, Found[]>();
  const labels = new Map<string, NonNullable<PositionedEdge['label']>>();
  const walk = (
    content: Pick<Content, 'children' | 'pieces' | 'labels'>,
    x: number,
    y: number,
    depth: number,
  ): void => {
    for (const { local, points } of content.pieces) {
      const found = pieces.get(local.edge.id) ?? [];
      pieces.set(local.edge.id, found);
      found.push({ role: local.role, depth, points: points.map((point) => moved(point, x, y)) });
    }
    for (const { edge, box, x: left, y: top, width, height } of content.labels) {
      const lines = box.lines.map((line) => moved(line, x + left, y + top));
      labels.set(edge.id, { x: round(x + left), y: round(y + top), width, height, lines, depth });
    }
    for (const child of content.children) {
      const { placed } = child;
      const [left, top] = [x + child.x, y + child.y];
      nodes.push({
        node: placed.node,
        x: round(left),
        y: round(top),
        width: round(placed.width),
        height: round(placed.height),
        depth,
        container: placed.children.length > 0,
        lines: placed.box.lines.map((line) => moved(line, left, top)),
        centred: placed.box.centred,
        separators: placed.separators.map((at) => round(left + at)),
      });
      walk(placed, left, top, depth + 1);
    }
  };
  walk(whole, 0, 0, 0);
  const edges = graph.edges.flatMap((edge) => wayOf(edge, pieces.get(edge.id), labels.get(edge.id)));
  return { width: Math.ceil(whole.width), height: Math.ceil(whole.height), nodes, edges };
}

/** From the inside out, then across, then in again. */
function wayOf(
  edge: GraphEdge,
  found: readonly Found[] | undefined,
  label: PositionedEdge['label'],
): readonly PositionedEdge[] {
  if (found === undefined) return [];
  const of = (role: Local['role']): readonly Found[] => found.filter((piece) => piece.role === role);
  const inOrder = [
    ...of('exit').toSorted((a, b) => b.depth - a.depth),
    ...of('main'),
    ...of('enter').toSorted((a, b) => a.depth - b.depth),
  ];
  const points = inOrder
    .flatMap((piece) => piece.points)
    .filter(({ x, y }, index, all) => {
      const before = all[index - 1];
      return before === undefined || Math.abs(before.x - x) > 0.01 || Math.abs(before.y - y) > 0.01;
    });
  return [{ edge, points, ...(label === undefined ? {} : { label }) }];
}

function moved<P extends Point | TextLine>(point: P, x: number, y: number): P {
  return { ...point, x: round(point.x + x), y: round(point.y + y) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
