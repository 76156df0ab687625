import { array, object, type Doc } from './doc.ts';
import { propertyKey, quote } from './names.ts';

/** A JSON value of the model. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A JSON value as a literal. */
export function json(value: Json): Doc {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return array(value.map(json));
  return object(Object.entries(value).map(([key, inner]) => [propertyKey(key), ': ', json(inner)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
