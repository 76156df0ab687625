import { isDeepStrictEqual } from 'node:util';
import { checkValue, encodeJson, type BoundSystem, type Checked } from '../../../tasks/index.ts';

/** A context that a schema takes. */
export interface Fitted {
  readonly value: unknown;
  /** The fields that the schema does not know and that went: `note`, `lines[].sku`. */
  readonly dropped: readonly string[];
}

/**
 * Holds a stored context against a schema. What is stored is what the schema once gave, so it is not parsed as if it
 * were new: where the schema would make something else of it each time, as one with `transform(n => n * 2)` does, it
 * keeps its values, and only what is missing is filled in. Where the schema's answer is one that it gives again, it
 * is taken: defaults filled in, values coerced, unknown fields gone.
 */
export function fit(schema: BoundSystem['machines'][string]['context'], stored: unknown): Checked<Fitted> {
  const first = parsed(schema, stored);
  if (!first.ok) return first;
  if (isDeepStrictEqual(first.value, stored)) return { ok: true, value: { value: stored, dropped: [] } };
  const again = parsed(schema, first.value);
  if (!again.ok || !isDeepStrictEqual(again.value, first.value))
    return { ok: true, value: { value: filled(stored, first.value), dropped: [] } };
  const dropped = new Set<string>();
  collectDropped(stored, first.value, '', dropped);
  return { ok: true, value: { value: first.value, dropped: [...dropped] } };
}

function parsed(schema: BoundSystem['machines'][string]['context'], value: unknown): Checked<unknown> {
  const read = checkValue(schema, value);
  if (!read.ok) return { ok: false, problems: `its context does not fit: ${read.problems}` };
  const encoded = encodeJson(read.value);
  if (!encoded.ok) return { ok: false, problems: `its context is not JSON: ${encoded.problems}` };
  return { ok: true, value: JSON.parse(encoded.value ?? 'null') };
}

/** What is there, with what is missing. */
function filled(stored: unknown, made: unknown): unknown {
  if (isList(stored) && isList(made))
    return stored.length === made.length ? stored.map((each, index) => filled(each, made[index])) : stored;
  if (!isRecord(stored) || !isRecord(made)) return stored;
  // Not by assignment: a field may be called `__proto__`.
  return Object.fromEntries([
    ...Object.entries(stored).map(([name, value]) => [name, filled(value, ownOf(made, name))]),
    ...Object.entries(made).filter(([name]) => !Object.hasOwn(stored, name)),
  ]);
}

function collectDropped(stored: unknown, made: unknown, path: string, dropped: Set<string>): void {
  if (isList(stored) && isList(made)) {
    for (const [index, each] of stored.entries()) collectDropped(each, made[index], `${path}[]`, dropped);
  }
  if (!isRecord(stored) || !isRecord(made)) return;
  for (const [name, value] of Object.entries(stored)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (Object.hasOwn(made, name)) collectDropped(value, made[name], at, dropped);
    else dropped.add(at);
  }
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const ownOf = (record: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(record, name) ? record[name] : undefined;
