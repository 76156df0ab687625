import type { ErrorRecord } from './errors.ts';

/** What a failure event carries: the fields of the input that failed (or `input`, when it has none), the error and where. */
export type Failure<Input> = (Input extends readonly unknown[] | string | number | boolean | bigint | null | undefined
  ? { readonly input: Input }
  : Omit<Input, 'error' | 'runId' | 'step'>) & {
  readonly error: ErrorRecord;
  /** The run that failed, or whose step did. */
  readonly runId: string;
  /** The path of the step, when a task failed. */
  readonly step?: string;
};

const prefix = 'failed.';

/** The name of the event that says that a task or flow has failed for good. */
export function failureName<const Name extends string>(of: Name): `failed.${Name}` {
  return `${prefix}${of}`;
}

/** Of `failed.chargeCard`: `chargeCard`. */
export function failedOf(event: string): string | undefined {
  return event.startsWith(prefix) ? event.slice(prefix.length) : undefined;
}
