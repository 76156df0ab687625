import { z } from 'zod';
import { jsonSchemaOf } from '../schema/index.ts';

/** A type that a provider takes, and the way back to the one that was meant. */
export interface Wrapped<Type extends z.ZodType> {
  readonly type: z.ZodType;
  readonly unwrap: (value: unknown) => z.output<Type>;
  /** Is it put into an object of ours, as its `value`? */
  readonly boxed: boolean;
}

const wrapped = new WeakMap<z.ZodType, z.ZodObject<{ value: z.ZodType }>>();

/** Providers take objects only: a list, a text or a choice is put into one. @throws ModelError `badRequest` for what JSON cannot have */
export function inObject<Type extends z.ZodType>(
  type: Type,
  about: { provider: string; model: string },
): Wrapped<Type> {
  if (jsonSchemaOf(type, about)['type'] === 'object')
    return { type, unwrap: (value) => value as z.output<Type>, boxed: false };
  const box = wrapped.get(type) ?? z.object({ value: type });
  wrapped.set(type, box);
  return { type: box, unwrap: (value) => (value as { readonly value: z.output<Type> }).value, boxed: true };
}
