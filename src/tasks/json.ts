import { messageOf } from '../core/index.ts';
import type { Schema } from '../flow/index.ts';

/** The outcome of a check: a value, or what is wrong with it and where. */
export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: string; readonly cause?: unknown };

/**
 * The JSON text of a value, to be stored: `undefined` stays `undefined`. Unlike `JSON.stringify` it never changes a
 * value in silence: NaN, functions, bigints, Maps, invalid dates, class instances without `toJSON`, keys that are
 * symbols, cycles and holes are refused, with their path; so is what a `toJSON` gives. Two things that no JSON can tell
 * apart are taken: `-0` is written as `0`, and a property that is `undefined` is left out.
 */
export function encodeJson(value: unknown): Checked<string | undefined> {
  if (value === undefined) return { ok: true, value: undefined };
  try {
    const problem = notJson(value, '', []);
    if (problem !== undefined) return { ok: false, problems: problem };
    return { ok: true, value: JSON.stringify(value) };
  } catch (cause) {
    return { ok: false, problems: `it cannot be written as JSON (${messageOf(cause)})`, cause };
  }
}

/** Reads what `encodeJson` wrote, through a schema: what a flow, a task or a handler then sees. */
export function decodeJson<S extends Schema>(schema: S, text: string | null | undefined): Checked<S['_zod']['output']> {
  try {
    return checkValue(schema, text === null || text === undefined ? undefined : JSON.parse(text));
  } catch (cause) {
    return { ok: false, problems: `the stored text is not JSON (${String(cause)})`, cause };
  }
}

/** Parses a value; the problems name the path of each, as in `lines[0].quantity: expected a number`. */
export function checkValue<S extends Schema>(schema: S, value: unknown): Checked<S['_zod']['output']> {
  try {
    const result = schema.safeParse(value);
    if (result.success) return { ok: true, value: result.data };
    return { ok: false, problems: describeIssues(result.error.issues), cause: result.error };
  } catch (cause) {
    // A transform that throws, or an asynchronous refinement, which a replay could not repeat.
    return {
      ok: false,
      problems: `its schema threw: ${messageOf(cause)}`,
      cause,
    };
  }
}

/** What is wrong, a problem after the other, each with its path. */
export function describeIssues(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  return issues.map(({ path, message }) => (path.length === 0 ? message : `${pathText(path)}: ${message}`)).join('; ');
}

/** A path as people write it: `lines[0].quantity`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => text + member(key, text), '');
}

function member(key: PropertyKey, before: string): string {
  if (typeof key === 'number') return `[${key}]`;
  return before === '' ? String(key) : `.${String(key)}`;
}

function notJson(value: unknown, at: string, above: readonly object[]): string | undefined {
  const here = at === '' ? 'it' : `'${at}'`;
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${here} is ${value}, which JSON does not have`;
    case 'object':
      break;
    default:
      return `${here} is a ${typeof value}, which JSON does not have`;
  }
  if (value === null) return undefined;
  if (above.includes(value)) return `${here} contains itself`;
  const below = [...above, value];
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    const written = (value as { toJSON: (key: string) => unknown }).toJSON('');
    if (written === null && value instanceof Date) return `${here} is not a valid Date`;
    return written === undefined ? `${here} has a toJSON that gives nothing` : notJson(written, at, below);
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const path = `${at}[${index}]`;
      const problem =
        value[index] === undefined
          ? `'${path}' is undefined, which a JSON list does not have`
          : notJson(value[index], path, below);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    return `${here} is a ${String(value.constructor?.name)}, not plain data`;
  }
  const symbol = Object.getOwnPropertySymbols(value).find((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key),
  );
  if (symbol !== undefined) return `${here} has the key ${String(symbol)}, and JSON has no symbols`;
  for (const [key, inner] of Object.entries(value)) {
    const problem = notJson(inner, at + member(key, at), below);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
