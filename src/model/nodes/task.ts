import { z } from 'zod';
import { expressionSchema, schemaSchema } from './expression.ts';
import { locationSchema } from './location.ts';
import { breakerSchema, common, durationSchema, jsonValueSchema, rateLimitsSchema, retrySchema } from './policy.ts';

/** A claim about the world that is checked when a step commits and again before a resume. */
export const evidenceSchema = z
  .strictObject({
    kind: z.enum(['fileExists', 'fileSha256', 'exitCode', 'row']),
    name: z.string().exactOptional(),
    options: z.record(z.string(), z.union([jsonValueSchema, expressionSchema])).readonly(),
  })
  .readonly();

/** One example of a task: an input and what it must give. */
export const exampleSchema = z
  .strictObject({
    description: z.string().exactOptional(),
    input: jsonValueSchema,
    /** The expected output. */
    output: jsonValueSchema.exactOptional(),
    /** The expected error: its code or name. */
    error: z.string().exactOptional(),
  })
  .readonly();
export type ExampleNode = z.infer<typeof exampleSchema>;

/** What of the world a task may touch. */
export const needsSchema = z
  .strictObject({
    net: z.array(z.string()).readonly().exactOptional(),
    fs: z.array(z.string()).readonly().exactOptional(),
    env: z.array(z.string()).readonly().exactOptional(),
    resources: z.array(z.string()).readonly().exactOptional(),
  })
  .readonly();

const shownAs = z.union([
  z.enum(['full', 'summary', 'ref']),
  z.strictObject({ fields: z.array(z.string()).min(1).readonly() }).readonly(),
]);

/** What a model is told beside its prompt, and how all of it is made to fit. */
export const contextPolicySchema = z
  .strictObject({
    /** Members of the input that are told as data before the prompt. */
    show: z
      .array(
        z.union([
          z.string(),
          z
            .strictObject({ member: z.string(), as: shownAs.exactOptional(), pinned: z.boolean().exactOptional() })
            .readonly(),
        ]),
      )
      .readonly()
      .exactOptional(),
    memory: z.boolean().exactOptional(),
    strategy: z
      .union([z.enum(['none', 'truncate', 'summarise']), z.strictObject({ keepLast: z.int().min(1) }).readonly()])
      .exactOptional(),
    maxTokens: z.int().min(1).exactOptional(),
    maxTurns: z.int().min(1).exactOptional(),
  })
  .readonly();
export type ContextPolicyNode = z.infer<typeof contextPolicySchema>;

/** A task that a model performs. */
export const taskModelSchema = z
  .strictObject({
    agent: z.string(),
    prompt: z.union([z.string(), expressionSchema]),
    tools: z.array(z.string()).readonly().exactOptional(),
    context: contextPolicySchema.exactOptional(),
    maxTokens: z.int().min(1).exactOptional(),
  })
  .readonly();
export type TaskModelNode = z.infer<typeof taskModelSchema>;

/** A contract for one unit of side-effecting work. */
export const taskSchema = z
  .strictObject({
    kind: z.literal('task'),
    name: z.string().min(1),
    ...common,
    input: schemaSchema,
    output: schemaSchema,
    retry: retrySchema.exactOptional(),
    /** Of one attempt. Default 30s. */
    timeout: durationSchema.exactOptional(),
    /** Of all attempts and the waits between them. Default: any. */
    totalTimeout: durationSchema.exactOptional(),
    /** The longest silence of an attempt. Default: any. */
    heartbeat: durationSchema.exactOptional(),
    concurrency: z.int().min(1).exactOptional(),
    /** How many attempts may wait for their turn. Default: any number. */
    queue: z.int().min(0).exactOptional(),
    rateLimit: rateLimitsSchema.exactOptional(),
    priority: z.int().exactOptional(),
    breaker: breakerSchema.exactOptional(),
    idempotent: z.boolean().exactOptional(),
    cache: z.strictObject({ ttl: durationSchema }).readonly().exactOptional(),
    evidence: z.array(evidenceSchema).readonly().exactOptional(),
    /** How many claims must hold. Default: all. */
    evidenceRule: z
      .strictObject({ atLeast: z.int().min(1) })
      .readonly()
      .exactOptional(),
    examples: z.array(exampleSchema).readonly().exactOptional(),
    errors: z.array(z.string()).readonly().exactOptional(),
    needs: needsSchema.exactOptional(),
    model: taskModelSchema.exactOptional(),
    location: locationSchema,
  })
  .readonly();
export type TaskNode = z.infer<typeof taskSchema>;

/** A model with a role and its settings, used by tasks. */
export const agentSchema = z
  .strictObject({
    kind: z.literal('agent'),
    name: z.string().min(1),
    ...common,
    role: z.enum(['flagship', 'balanced', 'fast']).exactOptional(),
    model: z.string().exactOptional(),
    system: z.string().exactOptional(),
    tools: z.array(z.string()).readonly().exactOptional(),
    maxTokens: z.int().min(1).exactOptional(),
    temperature: z.number().min(0).max(2).exactOptional(),
    options: z.record(z.string(), jsonValueSchema).readonly().exactOptional(),
    location: locationSchema,
  })
  .readonly();
export type AgentNode = z.infer<typeof agentSchema>;

/** Something outside, reached with secrets that are named by environment variable only. */
export const resourceSchema = z
  .strictObject({
    kind: z.literal('resource'),
    name: z.string().min(1),
    ...common,
    type: z.enum(['http', 'webhook', 'database', 'custom']),
    env: z.array(z.string()).readonly().exactOptional(),
    options: z.record(z.string(), jsonValueSchema).readonly().exactOptional(),
    location: locationSchema,
  })
  .readonly();
export type ResourceNode = z.infer<typeof resourceSchema>;
