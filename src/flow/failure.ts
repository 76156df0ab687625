import { z } from 'zod';
import { failureName, type Failure } from '../core/index.ts';
import { eventContract, type AnyEvent, type AnyFlow, type AnyTask, type Parsed, type Schema } from './contract.ts';

/** The contract of the event that says that a task or flow has failed for good. */
export type FailureContract<Name extends string, In extends Schema> = AnyEvent<
  `failed.${Name}`,
  z.ZodType<Failure<Parsed<In>>>
>;

const place = z.looseObject({
  error: z.object({
    name: z.string(),
    message: z.string(),
    code: z.string(),
    retryable: z.boolean(),
    fault: z.enum(['input', 'user-code', 'environment', 'internal']),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
  runId: z.string(),
  step: z.string().optional(),
});

const known = new WeakMap<AnyTask | AnyFlow, AnyEvent>();

/**
 * The failures of a task or flow, as an event: what a flow waits for or starts on. Generated code calls it.
 *
 * @example
 * ```ts
 * import { failureOf, taskContract } from 'millrace/flow';
 * import { z } from 'zod';
 *
 * const charge = taskContract('charge', { input: z.object({ id: z.string() }), output: z.void(), policy: {}, source: 'a.dsl.ts:1:1' });
 * failureOf(charge).contract; // 'failed.charge'
 * ```
 */
export function failureOf<Name extends string, In extends Schema>(
  of: AnyTask<Name, In> | AnyFlow<Name, In>,
): FailureContract<Name, In> {
  let event = known.get(of);
  if (event === undefined) {
    const payload = place.transform(({ error, runId, step, ...rest }) => ({
      ...inputOf(of.input, rest),
      error,
      runId,
      ...(step === undefined ? {} : { step }),
    }));
    event = eventContract(failureName(of.contract), { payload, ttl: '7d', source: of.source });
    known.set(of, event);
  }
  return event as FailureContract<Name, In>;
}

/** The stored payload of a failure. `input` is the JSON text of what the task or flow was given. */
export function failurePayload(
  input: string | null | undefined,
  where: { readonly error: unknown; readonly runId: string; readonly step?: string },
): string {
  const value: unknown = input === null || input === undefined ? undefined : JSON.parse(input);
  return JSON.stringify({ ...fields(value), ...where });
}

/** What the schema makes of the input. One that it refuses, which may be why it failed, is told as it was given. */
function inputOf(schema: Schema, given: Readonly<Record<string, unknown>>): object {
  try {
    const whole = schema.safeParse(given);
    if (whole.success) return fields(whole.data);
    const alone = schema.safeParse(given['input']);
    return alone.success ? fields(alone.data) : given;
  } catch {
    // A transform that throws.
    return given;
  }
}

function fields(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { input: value };
}
