import { messageOf, notJson, pathText } from '../core/index.ts';
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
    const problem = notJson(value);
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
