import type { z } from 'zod';
import { messageOf } from '../../core/index.ts';

/** What an answer turned out to be: a value, or what is wrong with it, a line each. */
export type ReadOutput<T> =
  /** `written`: the JSON that fits, before defaults and transforms. */
  | { readonly ok: true; readonly value: T; readonly written: unknown }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads an answer that has to be JSON of a shape. Nothing is guessed or filled in, with two exceptions that say the
 * same thing in other words: a fence around the JSON, and a null where the schema lets the member be left out.
 */
export async function readOutput<Type extends z.ZodType>(
  type: Type,
  text: string,
): Promise<ReadOutput<z.output<Type>>> {
  let value: unknown;
  try {
    value = JSON.parse(unfenced(text));
  } catch (thrown) {
    return { ok: false, problems: [`The answer is not JSON: ${messageOf(thrown)}`] };
  }
  try {
    for (;;) {
      const result = await type.safeParseAsync(value);
      if (result.success) return { ok: true, value: result.data, written: value };
      const without = withoutNulls(value, pathsOf(result.error.issues));
      if (without === undefined) return { ok: false, problems: result.error.issues.slice(0, 20).map(problem) };
      value = without;
    }
  } catch (thrown) {
    // A transform that was not written for what came, such as a date that is none: the model can mend that.
    return { ok: false, problems: [`The answer cannot be read: ${messageOf(thrown)}`] };
  }
}

/** Would it be read as such? An answer of a shape that can only be checked with waiting counts as none. */
export function fitsOutput(type: z.ZodType, text: string): boolean {
  try {
    let value: unknown = JSON.parse(unfenced(text));
    for (;;) {
      const result = type.safeParse(value);
      if (result.success) return true;
      const without = withoutNulls(value, pathsOf(result.error.issues));
      if (without === undefined) return false;
      value = without;
    }
  } catch {
    return false;
  }
}

/** What is said to a model whose answer does not fit. */
export const complaint = (problems: readonly string[]): string =>
  `That answer does not fit:\n${problems.map((line) => `- ${line}`).join('\n')}\nAnswer again: the whole JSON, corrected, and nothing else.`;

const unfenced = (text: string): string => /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/.exec(text)?.[1] ?? text;

const problem = ({ path, message }: z.core.$ZodIssue): string =>
  `${path.length === 0 ? 'the whole' : path.map(String).join('.')}: ${message}`;

type Path = readonly PropertyKey[];

function pathsOf(issues: readonly z.core.$ZodIssue[], before: Path = []): readonly Path[] {
  return issues.flatMap((issue) => {
    const path = [...before, ...issue.path];
    return issue.code === 'invalid_union' ? [path, ...issue.errors.flatMap((branch) => pathsOf(branch, path))] : [path];
  });
}

// Strict dialects have no members that may be left out: they are null there.
function withoutNulls(value: unknown, paths: readonly Path[]): unknown {
  const copy = structuredClone(value);
  let removed = false;
  for (const path of paths) {
    const parent = path.slice(0, -1).reduce<unknown>((at, key) => member(at, key), copy);
    const last = path.at(-1);
    if (last === undefined || typeof parent !== 'object' || parent === null || Array.isArray(parent)) continue;
    if (member(parent, last) !== null) continue;
    Reflect.deleteProperty(parent, last);
    removed = true;
  }
  return removed ? copy : undefined;
}

const member = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<PropertyKey, unknown>>)[key]
    : undefined;
