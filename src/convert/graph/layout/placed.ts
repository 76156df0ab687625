import type { GraphEdge, GraphNode } from '../graph.ts';
import type { Box } from './boxes.ts';
import type { Local } from './levels.ts';
import type { Point, Rect } from './positioned.ts';

/** The side of a node at which an edge leaves or enters it. */
export type Side = 'top' | 'bottom';

/** On which sides an edge passes the borders of the nodes that it leads out of and into. */
export interface Sides {
  readonly exit: Side;
  readonly enter: Side;
}

/** A piece of the way of an edge. */
export interface Piece {
  readonly local: Local;
  readonly points: readonly Point[];
}

/** The label of an edge with its place. */
export interface PlacedLabel extends Rect {
  readonly edge: GraphEdge;
  readonly box: Box;
}

/** A node that has been laid out inside; everything is relative to its top left. */
export interface Placed {
  readonly node: GraphNode;
  /** The box that is drawn. */
  readonly width: number;
  readonly height: number;
  /** What it needs, loops on its right included. */
  readonly outerWidth: number;
  readonly outerHeight: number;
  readonly box: Box;
  readonly children: readonly { readonly x: number; readonly y: number; readonly placed: Placed }[];
  readonly pieces: readonly Piece[];
  readonly labels: readonly PlacedLabel[];
  /** Where edges pass the border: x by the edge and the way. */
  readonly ports: ReadonlyMap<string, number>;
  readonly separators: readonly number[];
  /** How far from its left and right end edges may touch it. */
  readonly inset: number;
}

/** The key of a port. */
export function portKey(edge: GraphEdge, role: 'exit' | 'enter'): string {
  return `${role} ${edge.id}`;
}

/** Where the edge must touch this child, because it comes from further inside. */
export function portOf(placed: Placed, { edge }: Local, end: 'from' | 'to'): number | undefined {
  return placed.ports.get(portKey(edge, end === 'from' ? 'exit' : 'enter'));
}
