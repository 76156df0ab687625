import { z } from 'zod';

/** What is read of a JSON Schema. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
}

/** What a schema takes, as far as JSON Schema can say it. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  try {
    return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', cycles: 'ref' }) as JsonSchema;
  } catch {
    // Something that JSON Schema has no words for: every value is tried.
    return {};
  }
}

/** What work that has failed gives: an ErrorRecord. */
export const errorRecordSchema: JsonSchema = {
  type: 'object',
  required: ['name', 'message', 'code', 'retryable', 'fault'],
  properties: {
    name: { const: 'Error' },
    message: { type: 'string', default: 'It failed.' },
    code: { type: 'string', default: 'MR3100' },
    retryable: { type: 'boolean' },
    fault: { enum: ['user-code', 'input', 'environment', 'internal'] },
  },
};
