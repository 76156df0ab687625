import type { z } from 'zod';
import { nearest } from '../../core/index.ts';
import type { Said, Wrong } from './said.ts';

/** What is wrong with a value by a schema, each with its place, as sentences. */
export function wrongIn(schema: z.ZodType, said: Said): readonly Wrong[] {
  const parsed = schema.safeParse(said.value);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue): readonly Wrong[] => {
    if (issue.code !== 'unrecognized_keys') {
      const name = `'${nameOf(said, issue.path)}'`;
      const message = issue.message.startsWith('is ')
        ? `${name} should be ${issue.message.slice(3)}.`
        : `${name}: ${issue.message}.`;
      return [{ place: said.placeOf(issue.path), message }];
    }
    const at = namesAt(schema, issue.path);
    return issue.keys.map((key) => unknownKey(said, issue.path, key, at));
  });
}

/** A member that is not among the known ones, with the nearest of them. */
export function unknownKey(said: Said, path: readonly PropertyKey[], key: string, known: readonly string[]): Wrong {
  const like = nearest(key, known);
  const list = known.length === 0 ? '' : ` It has ${known.join(', ')}.`;
  return {
    place: said.placeOf([...path, key]),
    message: `'${nameOf(said, path)}' has no '${key}'.${like === undefined ? '' : ` Did you mean '${like}'?`}${list}`,
  };
}

function nameOf({ name }: Said, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
    name,
  );
}

// The names that an object may have there: found by following the schema as far as it is objects, lists and records.
function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: unknown = schema;
  for (const key of path) at = inner(at, key);
  const shape = shapeOf(at);
  return shape === undefined ? [] : Object.keys(shape);
}

type Definition = Readonly<Record<'shape' | 'element' | 'valueType' | 'innerType', unknown>>;

const definition = (schema: unknown): Partial<Definition> =>
  (schema as { readonly def?: Definition } | undefined)?.def ?? {};

function bare(schema: unknown): unknown {
  let at = schema;
  while (definition(at).innerType !== undefined) at = definition(at).innerType;
  return at;
}

const shapeOf = (schema: unknown): Readonly<Record<PropertyKey, unknown>> | undefined =>
  definition(bare(schema)).shape as Readonly<Record<PropertyKey, unknown>> | undefined;

function inner(schema: unknown, key: PropertyKey): unknown {
  const { element, valueType } = definition(bare(schema));
  return typeof key === 'number' ? element : (shapeOf(schema)?.[key] ?? valueType);
}
