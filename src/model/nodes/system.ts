import { z } from 'zod';
import { eventSchema } from './event.ts';
import { importSchema, localSchema } from './expression.ts';
import { flowSchema } from './flow.ts';
import { locationSchema } from './location.ts';
import { machineSchema } from './machine.ts';
import { budgetSchema, common, jsonValueSchema } from './policy.ts';
import { agentSchema, resourceSchema, taskSchema } from './task.ts';

/** A part of the system with a purpose of its own. */
export const contextSchema = z
  .strictObject({
    kind: z.literal('context'),
    name: z.string(),
    description: z.string().exactOptional(),
    members: z.array(z.string()).readonly(),
    responsibilities: z.array(z.string()).readonly().exactOptional(),
    dependencies: z.array(z.string()).readonly().exactOptional(),
    location: locationSchema,
  })
  .readonly();
export type ContextNode = z.infer<typeof contextSchema>;

/** The format of the model itself; the user's own version is `version`. */
export const modelFormat = 1;

/** A whole system: the one value that everything else reads. Maps are keyed by the name of what they hold. */
export const systemSchema = z
  .strictObject({
    kind: z.literal('system'),
    schemaVersion: z.literal(modelFormat),
    name: z.string().min(1),
    version: z.string().regex(/^\d+\.\d+\.\d+(?:[-+].+)?$/, 'expected a version such as 1.2.0'),
    ...common,
    contexts: z.record(z.string(), contextSchema).readonly(),
    events: z.record(z.string(), eventSchema).readonly(),
    tasks: z.record(z.string(), taskSchema).readonly(),
    agents: z.record(z.string(), agentSchema).readonly(),
    resources: z.record(z.string(), resourceSchema).readonly(),
    flows: z.record(z.string(), flowSchema).readonly(),
    machines: z.record(z.string(), machineSchema).readonly(),
    /** Declarations of the source that the definitions reach, by name. */
    locals: z.record(z.string(), localSchema).readonly(),
    /** Imports of the source that the definitions reach, by name. */
    imports: z.record(z.string(), importSchema).readonly(),
    retention: z.record(z.string(), jsonValueSchema).readonly().exactOptional(),
    budget: budgetSchema.exactOptional(),
    access: z.record(z.string(), jsonValueSchema).readonly().exactOptional(),
    /** The source files, the entry first, relative to the entry's folder. */
    files: z.array(z.string()).readonly(),
    location: locationSchema,
  })
  .readonly();

/** A system as data: frozen, JSON, equal for equal declarations. */
export type SystemModel = z.infer<typeof systemSchema>;
