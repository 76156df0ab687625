import type { GraphEdge, GraphNode } from '../graph.ts';

/** A place in pixels, from the top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle in pixels. */
export interface Rect extends Point {
  readonly width: number;
  readonly height: number;
}

/** A line of text in a box or at an edge. */
export interface TextLine {
  readonly text: string;
  readonly role: 'title' | 'detail' | 'trigger' | 'guard' | 'action';
  /** Where it begins: the left end of its baseline, or the middle of it where the text is centred. */
  readonly x: number;
  readonly y: number;
}

/** A node with its place. */
export interface PositionedNode extends Rect {
  readonly node: GraphNode;
  /** How deep it stands: 0 for the outermost. */
  readonly depth: number;
  /** Does it hold other nodes? */
  readonly container: boolean;
  readonly lines: readonly TextLine[];
  /** Is the text centred at its `x`? */
  readonly centred: boolean;
  /** Where dashed lines stand between regions: their x. */
  readonly separators: readonly number[];
}

/** An edge with its way. */
export interface PositionedEdge {
  readonly edge: GraphEdge;
  /** The bends, from one end to the other. Between points of different x and y the line is an S, upright at both. */
  readonly points: readonly Point[];
  readonly label?: Rect & { readonly lines: readonly TextLine[]; readonly depth: number };
}

/** A picture as data: everything absolute, in pixels. */
export interface PositionedGraph {
  readonly width: number;
  readonly height: number;
  /** Outer nodes before inner ones. */
  readonly nodes: readonly PositionedNode[];
  /** Without the transitions that stay: those stand in the boxes of their states. */
  readonly edges: readonly PositionedEdge[];
}
