import type { Graph, GraphEdge, GraphNode } from '../graph.ts';
import { labelText } from '../label.ts';
import { treeOf, type Tree } from '../tree.ts';
import { headBox, labelBox, leafBox, sizes, type Box } from './boxes.ts';
import { layoutGrid, ranksOf } from './grid.ts';
import { levelsOf, type Local } from './levels.ts';
import { collect } from './collect.ts';
import type { Placed, PlacedLabel, Piece, Sides } from './placed.ts';
import type { PositionedGraph } from './positioned.ts';
import { layoutRow } from './row.ts';

/**
 * Gives everything in a graph a place, in pixels: what lies in a state or a step is laid out first, then what is around it.
 * The same graph always gives the same places.
 *
 * @example
 * ```ts
 * import { layoutGraph, machineGraph } from 'millrace/convert';
 * import type { MachineNode } from 'millrace/model';
 *
 * export function places(machine: MachineNode): readonly string[] {
 *   return layoutGraph(machineGraph(machine)).nodes.map(({ node, x, y }) => `${node.label} at ${x}, ${y}`);
 * }
 * ```
 */
export function layoutGraph(graph: Graph): PositionedGraph {
  const tree = treeOf(graph);
  const drawn = graph.edges.filter(({ targetless }) => targetless !== true);
  const levels = levelsOf(drawn, tree);
  const inside = (id: string | undefined): readonly Local[] => levels.get(id) ?? [];
  const sides = sidesOf(tree, levels);
  // The edges of flows carry little text.
  const spacing = graph.kind === 'flow' ? 36 : 48;
  const stays = Map.groupBy(
    graph.edges.filter(({ targetless }) => targetless === true),
    ({ from }) => from,
  );

  const place = (node: GraphNode): Placed => {
    const more = (stays.get(node.id) ?? []).map((edge) => labelText(edge));
    const loops = drawn.filter(({ from, to }) => from === node.id && to === node.id);
    const children = tree.children(node.id).map(place);
    if (children.length === 0) return withLoops(node, leafBox(node, more), undefined, loops);
    const head = headBox(node, more);
    const content = isRow(node)
      ? layoutRow(
          children,
          inside(node.id),
          ({ edge }) => sides(edge),
          head,
          node.kind === 'parallel' && graph.kind === 'machine',
        )
      : layoutGrid(children, inside(node.id), ({ edge }) => sides(edge), head, spacing);
    return withLoops(node, head, content, loops);
  };
  const whole = layoutGrid(
    tree.children(undefined).map(place),
    inside(undefined),
    ({ edge }) => sides(edge),
    undefined,
    spacing,
  );
  return collect(whole, graph);
}

/** Do its children stand side by side? Those of a machine's parallel state are its regions. */
function isRow({ kind }: GraphNode): boolean {
  return kind === 'parallel' || kind === 'race' || kind === 'attempt';
}

/** On which sides each edge passes the borders on its way: down or up, as its ends stand where they meet. */
function sidesOf(tree: Tree, levels: ReadonlyMap<string | undefined, readonly Local[]>): (edge: GraphEdge) => Sides {
  const found = new Map<string, Sides>();
  for (const [level, locals] of levels) {
    const around = level === undefined ? undefined : tree.node(level);
    const row = around !== undefined && isRow(around);
    const { rank } = ranksOf(
      tree.children(level).map(({ id }) => id),
      row ? [] : locals,
    );
    for (const { edge, role, from, to } of locals) {
      if (role !== 'main') continue;
      const upwards = !row && from !== undefined && to !== undefined && rank(to) < rank(from);
      const crosses = row && from !== undefined && to !== undefined;
      found.set(edge.id, { exit: upwards ? 'top' : 'bottom', enter: upwards || crosses ? 'bottom' : 'top' });
    }
  }
  return (edge) => found.get(edge.id) ?? { exit: 'bottom', enter: 'top' };
}

/** The room on the right of a node that its loops need, each with its label. */
const loopWidth = 26;

function withLoops(
  node: GraphNode,
  box: Box,
  content: ReturnType<typeof layoutGrid> | undefined,
  loops: readonly GraphEdge[],
): Placed {
  const boxes = loops.map((edge) => ({ edge, box: labelBox(edge) }));
  const needed = boxes.reduce((sum, one) => sum + Math.max(26, (one.box?.height ?? 0) + 8), 0);
  const { width, height } = content ?? box;
  const grown = Math.max(height, loops.length === 0 ? 0 : Math.min(needed, 26 * loops.length + 8));
  const outerHeight = Math.max(grown, needed);
  const widest = Math.max(0, ...boxes.map((one) => one.box?.width ?? 0));
  const pieces: Piece[] = [];
  const labels: PlacedLabel[] = [];
  // Labels are spread over all the height, the ends of the arrows over that of the node.
  let y = (grown - needed) / 2;
  for (const [index, one] of boxes.entries()) {
    const step = Math.max(26, (one.box?.height ?? 0) + 8);
    const middle = Math.min(Math.max(y + step / 2, 13 + index * 2), grown - 13 - (boxes.length - 1 - index) * 2);
    const local: Local = { edge: one.edge, role: 'main', from: node.id, to: node.id };
    pieces.push({
      local,
      points: [
        { x: width, y: middle - 7 },
        { x: width + loopWidth - 4, y: middle },
        { x: width, y: middle + 7 },
      ],
    });
    if (one.box !== undefined) {
      const { width: w, height: h } = one.box;
      labels.push({ edge: one.edge, box: one.box, x: width + loopWidth, y: y + step / 2 - h / 2, width: w, height: h });
    }
    y += step;
  }
  const shifted =
    grown === height || content !== undefined
      ? box
      : { ...box, lines: box.lines.map((line) => ({ ...line, y: line.y + (grown - height) / 2 })) };
  return {
    node,
    width,
    height: grown,
    outerWidth: width + (loops.length === 0 ? 0 : loopWidth + widest),
    outerHeight,
    box: shifted,
    children: content?.children ?? [],
    pieces: [...(content?.pieces ?? []), ...pieces],
    labels: [...(content?.labels ?? []), ...labels],
    ports: content?.ports ?? new Map(),
    separators: content?.separators ?? [],
    inset: insetOf(node),
  };
}

function insetOf({ kind }: GraphNode): number {
  if (kind === 'initial' || kind === 'end') return 10;
  if (kind === 'branch') return 40;
  if (kind === 'waitFor' || kind === 'approve' || kind === 'sleep' || kind === 'start') return 24;
  return kind === 'fork' ? 8 : sizes.pad;
}
