import type { Placed } from './placed.ts';

/** Can the inside be shown the other way round? Loops stand on the right of their nodes, and stay there. */
export function canMirror(placed: Placed): boolean {
  return placed.outerWidth === placed.width && placed.children.every((child) => canMirror(child.placed));
}

/** The same the other way round: what stood on the left stands on the right. */
export function mirror(placed: Placed): Placed {
  const { width } = placed;
  return {
    ...placed,
    children: placed.children.map(({ x, y, placed: inner }) => ({
      x: width - x - inner.width,
      y,
      placed: mirror(inner),
    })),
    pieces: placed.pieces.map(({ local, points }) => ({
      local,
      points: points.map(({ x, y }) => ({ x: width - x, y })),
    })),
    labels: placed.labels.map((label) => ({ ...label, x: width - label.x - label.width })),
    ports: new Map([...placed.ports].map(([key, x]) => [key, width - x])),
    separators: placed.separators.map((x) => width - x),
  };
}
