import { z } from 'zod';
import { expressionSchema, schemaSchema } from './expression.ts';
import { locationSchema, type Location } from './location.ts';
import { common, durationSchema, jsonValueSchema, retrySchema, stepFailureSchema } from './policy.ts';

const id = z.string().min(1);
const at = { location: locationSchema };

/** The steps of a flow or of a part of one. */
export interface BodyNode {
  readonly kind: 'body';
  readonly steps: readonly StepNode[];
  readonly location: Location;
}
// Written out, as the one type here that is not inferred: a body holds steps that hold bodies.
export const bodySchema: z.ZodType<BodyNode> = z.lazy(() =>
  z.strictObject({ kind: z.literal('body'), steps: z.array(anyStepSchema).readonly(), ...at }).readonly(),
);
const namedBodySchema = z.strictObject({ name: z.string(), body: bodySchema }).readonly();

/** What a call in the source names: the definition, and the lambda that makes the call. */
export const callSchema = z
  .strictObject({
    kind: z.literal('call'),
    target: z.strictObject({ kind: z.enum(['task', 'flow', 'event', 'machine']), name: z.string() }).readonly(),
    /** The lambda `(scope) => target(argument)`. */
    lambda: expressionSchema,
    /** The text of the argument; empty for a call without one. */
    argument: z.string(),
    ...at,
  })
  .readonly();
export type CallNode = z.infer<typeof callSchema>;

/** Runs one task or child flow. */
export const stepSchema = z
  .strictObject({
    kind: z.literal('step'),
    id,
    call: callSchema,
    retry: retrySchema.exactOptional(),
    timeout: durationSchema.exactOptional(),
    onFailure: stepFailureSchema.exactOptional(),
    undo: callSchema.exactOptional(),
    ...at,
  })
  .readonly();

/** Runs named bodies at the same time. */
export const parallelSchema = z
  .strictObject({
    kind: z.literal('parallel'),
    id,
    bodies: z.array(namedBodySchema).readonly(),
    concurrency: z.int().min(1).exactOptional(),
    ...at,
  })
  .readonly();

/** Picks one body by a literal or a boolean. */
export const branchSchema = z
  .strictObject({
    kind: z.literal('branch'),
    id,
    on: expressionSchema,
    cases: z.array(namedBodySchema).readonly(),
    ...at,
  })
  .readonly();

/** Runs a body for every item of a list. */
export const mapSchema = z
  .strictObject({
    kind: z.literal('map'),
    id,
    over: expressionSchema,
    body: bodySchema,
    concurrency: z.int().min(1).exactOptional(),
    ...at,
  })
  .readonly();

/** Runs a body until a condition holds, at most `max` times. */
export const repeatSchema = z
  .strictObject({
    kind: z.literal('repeat'),
    id,
    body: bodySchema,
    until: expressionSchema,
    max: z.int().min(1),
    delay: durationSchema.exactOptional(),
    ...at,
  })
  .readonly();

/** Tasks with needs, run in deterministic batches. */
export const graphSchema = z
  .strictObject({
    kind: z.literal('graph'),
    id,
    nodes: z
      .array(z.strictObject({ name: id, needs: z.array(z.string()).readonly(), call: callSchema, ...at }).readonly())
      .readonly(),
    concurrency: z.int().min(1).exactOptional(),
    onFailure: z.enum(['failFast', 'continueIndependent', 'skip']).exactOptional(),
    ...at,
  })
  .readonly();

/** Runs named bodies at the same time; the first to finish wins, the others are cancelled and undone. */
export const raceSchema = z
  .strictObject({
    kind: z.literal('race'),
    id,
    bodies: z.array(namedBodySchema).readonly(),
    ...at,
  })
  .readonly();

/** Runs a body; when it fails, its undos run and then the handler, with `error` in its scope. */
export const attemptSchema = z
  .strictObject({
    kind: z.literal('attempt'),
    id,
    body: bodySchema,
    handler: bodySchema,
    ...at,
  })
  .readonly();

/** Waits for an event whose fields match. */
export const waitForSchema = z
  .strictObject({
    kind: z.literal('waitFor'),
    id,
    event: z.string(),
    match: z.array(z.strictObject({ field: z.string(), value: expressionSchema }).readonly()).readonly(),
    timeout: durationSchema.exactOptional(),
    onTimeout: z.enum(['fail', 'continue']).exactOptional(),
    ...at,
  })
  .readonly();

/** Waits for a person's decision. */
export const approveSchema = z
  .strictObject({
    kind: z.literal('approve'),
    id,
    form: schemaSchema.exactOptional(),
    message: z.union([z.string(), expressionSchema]).exactOptional(),
    timeout: durationSchema.exactOptional(),
    onTimeout: z.enum(['fail', 'continue']).exactOptional(),
    ...at,
  })
  .readonly();

/** Waits for a time. */
export const sleepSchema = z
  .strictObject({ kind: z.literal('sleep'), id, time: z.union([durationSchema, expressionSchema]), ...at })
  .readonly();

/** Publishes an event. */
export const emitSchema = z.strictObject({ kind: z.literal('emit'), id, call: callSchema, ...at }).readonly();

/** Ends a body with a value. */
export const returnsSchema = z.strictObject({ kind: z.literal('returns'), value: expressionSchema, ...at }).readonly();

/** Every kind of step. */
export const anyStepSchema = z.discriminatedUnion('kind', [
  stepSchema,
  parallelSchema,
  branchSchema,
  mapSchema,
  repeatSchema,
  graphSchema,
  raceSchema,
  attemptSchema,
  waitForSchema,
  approveSchema,
  sleepSchema,
  emitSchema,
  returnsSchema,
]);

export type StepNode = z.infer<typeof anyStepSchema>;
export type StepKind = StepNode['kind'];
export type StepOf<K extends StepKind> = Extract<StepNode, { readonly kind: K }>;

/** Times at which runs start by themselves, and what they get. */
export const scheduleSchema = z
  .strictObject({
    cron: z.string(),
    timeZone: z.string().exactOptional(),
    input: jsonValueSchema.exactOptional(),
    missed: z.enum(['skip', 'once', 'all']).exactOptional(),
    overlap: z.enum(['allow', 'skip']).exactOptional(),
  })
  .readonly();
export type Schedule = z.infer<typeof scheduleSchema>;

/** A durable process: steps in order. */
export const flowSchema = z
  .strictObject({
    kind: z.literal('flow'),
    name: z.string().min(1),
    ...common,
    input: schemaSchema,
    output: schemaSchema.exactOptional(),
    /** The event that starts a run. */
    on: z.string().exactOptional(),
    /** When runs start by themselves. */
    schedule: scheduleSchema.exactOptional(),
    http: z.string().exactOptional(),
    onFailure: callSchema.exactOptional(),
    /** Of a whole run. */
    timeout: durationSchema.exactOptional(),
    body: bodySchema,
    ...at,
  })
  .readonly();
export type FlowNode = z.infer<typeof flowSchema>;
