import type { Point } from '../layout/positioned.ts';

/** The line of an edge, and the head of its arrow. */
export interface Way {
  readonly line: string;
  readonly tip: string;
}

const corner = 8;
const tipLength = 9;

/** Draws through the points: straight along an axis, else in an S that is upright at both ends. */
export function drawWay(points: readonly Point[]): Way {
  const [first, middle, last] = points;
  if (first === undefined || last === undefined || middle === undefined) return straight(points);
  if (points.length === 3 && first.x === last.x && middle.x > first.x) {
    const bulge = middle.x + 6;
    const line = `M${at(first)}C${bulge} ${fix(first.y - 4)} ${bulge} ${fix(last.y + 4)} ${fix(last.x + 4)} ${last.y}`;
    return { line, tip: triangle(last, -1, 0) };
  }
  return straight(points);
}

function straight(points: readonly Point[]): Way {
  const merged = points.filter((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    return before === undefined || after === undefined || before.x !== point.x || after.x !== point.x;
  });
  const end = merged.at(-1) ?? { x: 0, y: 0 };
  const before = merged.at(-2) ?? { x: end.x, y: end.y - 1 };
  const dx = before.y === end.y ? Math.sign(end.x - before.x) : 0;
  const dy = dx === 0 ? Math.sign(end.y - before.y) || 1 : 0;
  const stop = { x: end.x - dx * 5, y: end.y - dy * 5 };
  const way = [...merged.slice(0, -1), stop];
  let line = '';
  for (const [index, point] of way.entries()) {
    const [from, to] = [way[index - 1], way[index + 1]];
    if (from === undefined) {
      line += `M${at(point)}`;
      continue;
    }
    if (from.x !== point.x && from.y !== point.y) {
      const middle = fix((from.y + point.y) / 2);
      line += `C${from.x} ${middle} ${point.x} ${middle} ${at(point)}`;
      continue;
    }
    const turns = to !== undefined && (from.x === point.x ? to.y === point.y : to.x === point.x);
    if (!turns) {
      line += `L${at(point)}`;
      continue;
    }
    const near = (other: Point): Point => {
      const [x, y] = [other.x - point.x, other.y - point.y];
      const reach = Math.min(corner, (Math.abs(x) + Math.abs(y)) / 2);
      return { x: point.x + Math.sign(x) * reach, y: point.y + Math.sign(y) * reach };
    };
    line += `L${at(near(from))}Q${at(point)} ${at(near(to))}`;
  }
  return { line, tip: triangle(end, dx, dy) };
}

function triangle(end: Point, dx: number, dy: number): string {
  const [x, y] = [end.x - dx * tipLength, end.y - dy * tipLength];
  return `M${at(end)}L${at({ x: x - dy * 4, y: y + dx * 4 })}L${at({ x: x + dy * 4, y: y - dx * 4 })}Z`;
}

function at({ x, y }: Point): string {
  return `${fix(x)} ${fix(y)}`;
}

function fix(value: number): number {
  return Math.round(value * 10) / 10;
}
