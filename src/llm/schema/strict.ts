import type { JsonSchema } from './json-schema.ts';

/**
 * The dialect in which OpenAI enforces a schema: every member is required, so that one that may be left out may be
 * null instead; no members beside those named. Gives nothing for a schema that the dialect cannot say.
 */
export function strictSchema(schema: JsonSchema): JsonSchema | undefined {
  if (schema['type'] !== 'object') return undefined;
  try {
    return strict(schema);
  } catch (thrown) {
    if (thrown instanceof NotStrict) return undefined;
    throw thrown;
  }
}

class NotStrict extends Error {}

const plain = new Set([
  'type',
  'description',
  'title',
  'enum',
  'const',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  '$ref',
]);
// They tell what zod checks again anyway.
const dropped = new Set(['default', 'minLength', 'maxLength', 'examples', 'id']);

function strict(schema: JsonSchema): JsonSchema {
  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (plain.has(key)) made[key] = value;
    else if (key === 'anyOf' || key === 'oneOf') made['anyOf'] = (value as readonly JsonSchema[]).map(strict);
    else if (key === 'items') made['items'] = strict(value as JsonSchema);
    else if (key === '$defs' || key === 'properties') made[key] = mapped(value as Readonly<Record<string, JsonSchema>>);
    else if (key === 'additionalProperties' ? value !== false : key !== 'required' && !dropped.has(key))
      throw new NotStrict();
  }
  // Anything at all, or an object with any members: not to be said there.
  if (Object.keys(made).length === 0 || (made['type'] === 'object' && made['properties'] === undefined))
    throw new NotStrict();
  if (made['type'] !== 'object') return made;
  const required = new Set((schema['required'] ?? []) as readonly string[]);
  const members = made['properties'] as Record<string, JsonSchema>;
  const properties = Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, required.has(name) ? member : orNull(member)]),
  );
  return { ...made, properties, required: Object.keys(properties), additionalProperties: false };
}

const mapped = (schemas: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, strict(schema)]));

const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });
