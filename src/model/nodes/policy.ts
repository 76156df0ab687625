import { z } from 'zod';
import { isDuration, type Duration } from '../../core/index.ts';
import { expressionSchema } from './expression.ts';

/** A span of time such as `'30s'`. */
export const durationSchema = z.custom<Duration>((value) => typeof value === 'string' && isDuration(value), {
  message: 'expected a duration such as 250ms, 30s, 5m, 1h or 3d',
});

/** How often and how fast a failed attempt is tried again. `attempts` counts all tries. */
export const retrySchema = z
  .strictObject({
    attempts: z.int().min(1),
    backoff: z.enum(['fixed', 'linear', 'exponential']).exactOptional(),
    delay: durationSchema.exactOptional(),
    maxDelay: durationSchema.exactOptional(),
    jitter: z.boolean().exactOptional(),
  })
  .readonly();
export type RetryPolicy = z.infer<typeof retrySchema>;

/** At most `limit` starts in each span of `per`. */
export const rateLimitSchema = z.strictObject({ limit: z.int().min(1), per: durationSchema }).readonly();
export type RateLimit = z.infer<typeof rateLimitSchema>;
/** One limit, or several that all hold. */
export const rateLimitsSchema = z.union([rateLimitSchema, z.array(rateLimitSchema).min(1).readonly()]);

/** After so many failures (in a row, or within `per`) no attempt is made for `reset`, then probes. */
export const breakerSchema = z
  .strictObject({
    failures: z.int().min(1),
    /** With `per`: at least this share of what ended must have failed. */
    rate: z.number().gt(0).max(1).exactOptional(),
    per: durationSchema.exactOptional(),
    reset: durationSchema,
    /** So many probes must succeed. Default 1. */
    halfOpen: z.int().min(1).exactOptional(),
  })
  .readonly();

/** What happens to the flow when a step has failed for good: stop, go on without a value, or take another value. */
export const stepFailureSchema = z.union([
  z.enum(['stop', 'continue']),
  z.strictObject({ fallback: expressionSchema }).readonly(),
]);
export type StepFailure = z.infer<typeof stepFailureSchema>;

/** At most so much money: for each run, for each day, for everything, for tasks and models by name. */
const amountSchema = z
  .string()
  .regex(/^\d+(?:\.\d{1,6})? [A-Z]{3}$/, "expected an amount of money such as '0.50 USD'")
  .readonly();
const amountsSchema = z.record(z.string(), amountSchema).readonly();
export const budgetSchema = z
  .strictObject({
    run: amountSchema.exactOptional(),
    day: amountSchema.exactOptional(),
    total: amountSchema.exactOptional(),
    tasks: amountsSchema.exactOptional(),
    models: amountsSchema.exactOptional(),
  })
  .readonly();
export type BudgetNode = z.infer<typeof budgetSchema>;

/** Any JSON value. */
export const jsonValueSchema = z.json();

const scalar = z.union([z.string(), z.number(), z.boolean()]);
/** Labels that people sort by. */
export const tagsSchema = z
  .array(
    z.union([
      z.string(),
      z.strictObject({ key: z.string(), value: scalar, scope: z.string().exactOptional() }).readonly(),
    ]),
  )
  .readonly();
export type Tags = z.infer<typeof tagsSchema>;
/** Whatever JSON the user attaches. */
export const metadataSchema = z.record(z.string(), jsonValueSchema).readonly();
export type Metadata = z.infer<typeof metadataSchema>;

/** What a person or a model may want to know when writing code for a definition. */
export const hintsSchema = z
  .strictObject({
    concepts: z.array(z.string()).readonly().exactOptional(),
    rules: z.array(z.string()).readonly().exactOptional(),
    related: z.array(z.string()).readonly().exactOptional(),
  })
  .readonly();

/** What every definition may carry. */
export const common = {
  description: z.string().exactOptional(),
  tags: tagsSchema.exactOptional(),
  metadata: metadataSchema.exactOptional(),
  hints: hintsSchema.exactOptional(),
};
