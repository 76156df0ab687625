import type { Duration } from '../../core/index.ts';
import { callable, type Call } from '../call.ts';
import type { Common } from '../common.ts';
import type { Ref } from '../ref.ts';
import type { Argument, Parsed, Schema, Written } from '../schema.ts';

/** Any event: declared, or `failed(...)`. */
export type EventRef<Payload = unknown> = Ref<'event', unknown, Payload>;

/** A declared event. Calling it makes a request to publish: `emit('done', () => orderShipped({ ... }))`. */
export interface Event<Name extends string = string, Payload extends Schema = Schema>
  extends Ref<'event', Written<Payload>, Parsed<Payload>>, Common {
  readonly name: Name;
  readonly payload: Payload;
  readonly ttl?: Duration;
  (...payload: Argument<Payload>): Call<void, 'event'>;
}

/** The parsed payload of an event. */
export type PayloadOf<E extends EventRef> = E['~gives'];

/**
 * Declares something that happens. `ttl` is how long an event waits for somebody who consumes it (default 7 days).
 *
 * @example
 * ```ts
 * import { event } from 'millrace';
 * import { z } from 'zod';
 *
 * export const orderPlaced = event('orderPlaced', { payload: z.object({ orderId: z.string() }), ttl: '30d' });
 * ```
 */
export function event<const Name extends string, Payload extends Schema>(
  name: Name,
  definition: { readonly payload: Payload; readonly ttl?: Duration } & Common,
): Event<Name, Payload> {
  return callable({ kind: 'event', name, ...definition });
}
