import { z } from 'zod';
import { messageOf } from '../../core/index.ts';
import { ModelError } from '../errors.ts';

/** JSON Schema, as data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

// Schemas are declared once and asked for with every request.
const known = new WeakMap<z.ZodType, JsonSchema>();

/**
 * What a model is told of a zod schema: the JSON Schema of what goes into it, so that members with defaults may be left
 * out.
 *
 * @throws ModelError `badRequest` for what JSON cannot have: dates, functions, maps.
 */
export function jsonSchemaOf(
  type: z.ZodType,
  about: { readonly provider: string; readonly model: string },
): JsonSchema {
  const had = known.get(type);
  if (had !== undefined) return had;
  try {
    const { $schema: _, '~standard': _standard, ...schema } = z.toJSONSchema(type, { io: 'input' });
    known.set(type, schema);
    return schema;
  } catch (cause) {
    throw new ModelError(`A schema cannot be told to a model: ${messageOf(cause)}`, {
      kind: 'badRequest',
      provider: about.provider,
      model: about.model,
      cause,
    });
  }
}
