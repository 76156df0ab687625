import type { GraphNode } from '../graph.ts';
import type { PositionedNode } from '../layout/positioned.ts';

interface Around {
  /** The node around it. */
  readonly parent: GraphNode | undefined;
  readonly machine: boolean;
  /** Does an edge begin or end at the node itself? */
  readonly touched: boolean;
}

/** The outline of a node. */
export function drawShape(placed: PositionedNode, { parent, machine, touched }: Around): string {
  const { node, x, y, width, height, depth, container } = placed;
  const box = (radius: number, className: string, inset = 0): string =>
    `<rect class="${className}" x="${x + inset}" y="${y + inset}" width="${fix(width - 2 * inset)}" height="${fix(height - 2 * inset)}" rx="${radius}"/>`;
  if (container) {
    // Regions are told apart by the lines between them.
    if (machine && parent?.kind === 'parallel') return box(8, touched ? 'rule faint' : 'bare');
    const rules = placed.separators.map(
      (at) => `<path class="rule dashed" d="M${at} ${fix(y + 34)}V${fix(y + height - 10)}"/>`,
    );
    return box(10, `frame in${depth % 2}${node.kind === 'part' ? ' dashed' : ''}`) + rules.join('');
  }
  const [middle, right, bottom] = [fix(y + height / 2), fix(x + width), fix(y + height)];
  const polygon = (points: readonly (readonly [number, number])[]): string =>
    `<path class="shape" d="M${points.map(([px, py]) => `${fix(px)} ${fix(py)}`).join('L')}Z"/>`;
  const hexagon = (point: number): string =>
    polygon([
      [x + point, y],
      [right - point, y],
      [right, middle],
      [right - point, bottom],
      [x + point, bottom],
      [x, middle],
    ]);
  switch (node.kind) {
    case 'initial':
      return circle(x + width / 2, middle, 7, 'solid');
    case 'end':
      return circle(x + width / 2, middle, 9.25, 'ring') + circle(x + width / 2, middle, 5, 'solid');
    case 'fork':
      return box(3, 'solid');
    case 'final':
      return box(9, 'shape') + box(6, 'rule', 3);
    case 'history':
      return (
        box(16, 'shape') +
        circle(x + 18, fix(y + 16), 11, 'ring') +
        `<text class="middle title" x="${fix(x + 18)}" y="${fix(y + 20.5)}">${node.deep === true ? 'H*' : 'H'}</text>`
      );
    case 'branch':
      return hexagon(24);
    case 'waitFor':
    case 'approve':
    case 'sleep':
      return hexagon(14);
    case 'emit':
      return polygon([
        [x, y],
        [right - 14, y],
        [right, middle],
        [right - 14, bottom],
        [x, bottom],
      ]);
    case 'start':
    case 'returns':
      return box(Math.min(18, height / 2), 'shape');
    case 'flow':
      return `${box(6, 'shape')}<path class="rule" d="M${fix(x + 6)} ${y}V${bottom}M${fix(right - 6)} ${y}V${bottom}"/>`;
    default:
      return box(8, 'shape');
  }
}

function circle(x: number, y: number, radius: number, className: string): string {
  return `<circle class="${className}" cx="${fix(x)}" cy="${y}" r="${radius}"/>`;
}

function fix(value: number): number {
  return Math.round(value * 10) / 10;
}
