import { canonicalJson } from '../core/index.ts';

/** Under which key an event is found by some of its fields: equal fields give equal keys. */
export function matchKey(fields: readonly string[], payload: unknown): string {
  const values = (payload ?? {}) as Readonly<Record<string, unknown>>;
  return canonicalJson(Object.fromEntries(fields.map((field) => [field, values[field] ?? null])));
}
