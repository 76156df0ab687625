import { z } from 'zod';
import { schemaSchema } from './expression.ts';
import { locationSchema } from './location.ts';
import { common, durationSchema } from './policy.ts';

/** Something that happened. */
export const eventSchema = z
  .strictObject({
    kind: z.literal('event'),
    name: z.string().min(1),
    ...common,
    payload: schemaSchema,
    /** How long the event waits for somebody who consumes it. Default 7 days. */
    ttl: durationSchema.exactOptional(),
    location: locationSchema,
  })
  .readonly();
export type EventNode = z.infer<typeof eventSchema>;
