import type { Location } from '../../../model/index.ts';
import type { Json } from '../../xstate/import/json.ts';
import type { Leaving } from './leaving.ts';

/** A value that TOML can say: there is no null, and no whole number beyond the safe ones. */
export function tomlValue(to: Leaving, location: Location, what: string, value: Json | undefined): unknown {
  if (value === null || value === undefined) return to.lost(location, `${what}: null`);
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return to.lost(location, `${what}: the number ${value}`);
  if (typeof value !== 'object') return value;
  if (Array.isArray(value))
    return value.map((item: Json) => tomlValue(to, location, what, item)).filter((item) => item !== undefined);
  const members = Object.entries(value).map(([key, inner]): [string, unknown] => [
    key,
    tomlValue(to, location, what, inner),
  ]);
  return Object.fromEntries(members.filter(([, inner]) => inner !== undefined));
}
