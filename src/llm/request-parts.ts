import { z } from 'zod';
import type { ModelRequest } from './contract.ts';

const schemas = new WeakMap<z.ZodType, unknown>();

/** A schema as JSON: what a model is asked to write. Checks that JSON Schema cannot say are left out. */
export function schemaJson(schema: z.ZodType): unknown {
  let json = schemas.get(schema);
  if (json === undefined) {
    json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    schemas.set(schema, json);
  }
  return json;
}

/** What goes over the wire with the tools, and of the output. */
export function schemasOf(request: ModelRequest): { readonly tools?: unknown; readonly output?: unknown } {
  const tools = request.tools?.map(({ name, description, input }) => ({ name, description, input: schemaJson(input) }));
  return {
    ...(tools === undefined ? {} : { tools }),
    ...(request.output === undefined ? {} : { output: schemaJson(request.output) }),
  };
}
