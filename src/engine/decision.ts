import { z } from 'zod';
import type { Schema } from '../flow/index.ts';
import { decodeJson, encodeJson } from '../tasks/index.ts';

/** Under which event the wait for a person stands: no event has such a name. */
export const decision = '~decision';

/** What a person is asked. */
export interface Question {
  readonly message?: string;
  /** JSON Schema of what is to be filled in. */
  readonly form?: unknown;
  /** When it is too late, in ms since 1970. */
  readonly until?: number;
}

/** What a person has said, as it is recorded. `form` is what was filled in. */
export interface Decision {
  readonly approved: boolean;
  readonly by: string;
  readonly form?: unknown;
}

/** What a form makes of what was filled in. Without a form nothing is, and with a rejection nothing need be. */
export function filledIn(form: Schema | undefined, value: unknown, approved: boolean): ReturnType<typeof decodeJson> {
  if (!approved && value === undefined) return { ok: true, value: undefined };
  const text = encodeJson(value);
  return text.ok ? decodeJson(form ?? z.undefined(), text.value) : text;
}

/** A form as JSON Schema. What that cannot say is left open: the form itself judges. */
export function jsonSchema(form: Schema): unknown {
  return z.toJSONSchema(form, { io: 'input', unrepresentable: 'any' });
}
