import type { Location } from '../nodes/location.ts';

/** `['steps', 0, 'retry']` is `steps[0].retry`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

const nowhere: Location = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 };

/** The location of the innermost node on a path that has one. */
export function locationOf(json: unknown, path: readonly PropertyKey[]): Location {
  let found = nowhere;
  let value = json;
  for (let depth = 0; ; depth++) {
    if (value === null || typeof value !== 'object') return found;
    const { location } = value as { location?: unknown };
    if (isLocation(location)) found = location;
    const key = path[depth];
    if (key === undefined) return found;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
}

function isLocation(value: unknown): value is Location {
  if (value === null || typeof value !== 'object') return false;
  const { file, ...numbers } = value as Readonly<Record<string, unknown>>;
  const counts = (['line', 'column', 'endLine', 'endColumn'] as const).map((key) => numbers[key]);
  return typeof file === 'string' && counts.every((count) => Number.isInteger(count) && Number(count) >= 1);
}
