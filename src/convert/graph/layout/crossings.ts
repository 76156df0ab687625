import type { Piece } from './placed.ts';
import type { Point } from './positioned.ts';

interface Line {
  readonly from: Point;
  readonly to: Point;
}

/** How often the ways of different edges cross. */
export function crossings(pieces: readonly Piece[]): number {
  const ways = pieces.map(({ points }) => linesOf(points));
  let sum = 0;
  for (const [index, one] of ways.entries()) {
    for (const other of ways.slice(index + 1)) {
      for (const a of one) for (const b of other) if (cross(a, b)) sum += 1;
    }
  }
  return sum;
}

function linesOf(points: readonly Point[]): readonly Line[] {
  return points.flatMap((to, index) => {
    const from = points[index - 1];
    return from === undefined ? [] : [{ from, to }];
  });
}

function cross(a: Line, b: Line): boolean {
  return side(a, b.from) * side(a, b.to) < 0 && side(b, a.from) * side(b, a.to) < 0;
}

function side({ from, to }: Line, point: Point): number {
  return Math.sign((to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x));
}
