import { canonicalJson } from '../core/index.ts';

/** Do two JSON texts say the same? The order of keys does not count. */
export function sameJson(a: string | null, b: string | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  return canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b));
}
