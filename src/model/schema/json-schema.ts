import { z } from 'zod';
import { eventSchema } from '../nodes/event.ts';
import { expressionSchema, importSchema, localSchema, schemaSchema } from '../nodes/expression.ts';
import { anyStepSchema, bodySchema, callSchema, flowSchema } from '../nodes/flow.ts';
import { locationSchema } from '../nodes/location.ts';
import { actionSchema, machineSchema, runSchema, stateSchema, transitionSchema } from '../nodes/machine.ts';
import { durationSchema, hintsSchema, jsonValueSchema, retrySchema, tagsSchema } from '../nodes/policy.ts';
import { contextSchema, systemSchema } from '../nodes/system.ts';
import { agentSchema, resourceSchema, taskSchema } from '../nodes/task.ts';

/** The schemas that stand under `$defs`, by name. */
const named = {
  Location: locationSchema,
  Expression: expressionSchema,
  Schema: schemaSchema,
  Local: localSchema,
  Import: importSchema,
  Json: jsonValueSchema,
  Duration: durationSchema,
  Retry: retrySchema,
  Tags: tagsSchema,
  Hints: hintsSchema,
  Context: contextSchema,
  Event: eventSchema,
  Task: taskSchema,
  Agent: agentSchema,
  Resource: resourceSchema,
  Flow: flowSchema,
  Body: bodySchema,
  Step: anyStepSchema,
  Call: callSchema,
  Machine: machineSchema,
  State: stateSchema,
  Transition: transitionSchema,
  Action: actionSchema,
  Run: runSchema,
} satisfies Readonly<Record<string, z.ZodType>>;

/**
 * The JSON Schema (draft 2020-12) of a system, as `dsl inspect --json` prints it. Also published as
 * `docs/model.schema.json`.
 *
 * @example
 * ```ts
 * import { systemJsonSchema } from 'millrace/model';
 *
 * JSON.stringify(systemJsonSchema());
 * ```
 */
export function systemJsonSchema(): Readonly<Record<string, unknown>> {
  const metadata = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) metadata.add(schema, { id });
  const schema = z.toJSONSchema(systemSchema, {
    metadata,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema: printed }) {
      // A duration is checked by code in zod; the pattern says the same.
      if (zodSchema === durationSchema)
        Object.assign(printed, { type: 'string', pattern: '^\\d+(?:\\.\\d+)?(?:ms|s|m|h|d)$' });
      delete printed.readOnly;
      if (printed.maximum === Number.MAX_SAFE_INTEGER) delete printed.maximum;
    },
  });
  return { title: 'Millrace system', ...schema };
}
