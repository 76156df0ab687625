/**
 * Was a version raised as a change demands it: for a breaking change the first number (below 1.0.0 the second), for any
 * other the version at all?
 *
 * @example
 * ```ts
 * import { isRaisedFor } from 'millrace/model';
 *
 * isRaisedFor('1.4.0', '2.0.0', 'breaking'); // true
 * isRaisedFor('1.4.0', '1.5.0', 'breaking'); // false
 * isRaisedFor('0.4.0', '0.5.0', 'breaking'); // true
 * ```
 */
export function isRaisedFor(before: string, after: string, change: 'breaking' | 'compatible'): boolean {
  const [old, next] = [numbers(before), numbers(after)];
  const first = old.findIndex((number, place) => number !== next[place]);
  if (first === -1 || (next[first] ?? 0) < (old[first] ?? 0)) return false;
  return change === 'compatible' || first === 0 || (first === 1 && old[0] === 0);
}

function numbers(version: string): readonly number[] {
  return (/^\d+\.\d+\.\d+/.exec(version)?.[0] ?? '0.0.0').split('.').map(Number);
}
