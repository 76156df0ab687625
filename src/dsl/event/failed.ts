import { failureName, type Failure } from '../../core/index.ts';
import type { Ref } from '../ref.ts';
import type { Parsed, Schema } from '../schema.ts';

/** The event that a task or flow publishes when it has failed for good. */
export interface Failed<Name extends string = string, Input = unknown> extends Ref<'event', never, Failure<Input>> {
  readonly name: `failed.${Name}`;
  /** What failed. */
  readonly of: { readonly kind: 'task' | 'flow'; readonly name: Name };
}

/**
 * The failure of a task or flow, as an event: to wait for, to start a flow on, to react to in a machine.
 *
 * @example
 * ```ts
 * import { event, failed, machine, task } from 'millrace';
 * import { z } from 'zod';
 *
 * const placed = event('placed', { payload: z.object({ orderId: z.string() }) });
 * const charge = task('charge', { input: z.object({ orderId: z.string() }), output: z.void() });
 * export const order = machine('order', {
 *   key: 'orderId',
 *   context: z.object({ reason: z.string().optional() }),
 *   events: { placed, chargeFailed: failed(charge) },
 * }).states('open', {
 *   open: { on: { chargeFailed: { target: 'stuck', assign: ({ event }) => ({ reason: event.error.message }) } } },
 *   stuck: {},
 * });
 * ```
 */
export function failed<const Name extends string, In extends Schema>(definition: {
  readonly kind: 'task' | 'flow';
  readonly name: Name;
  readonly input: In;
}): Failed<Name, Parsed<In>> {
  const { kind, name } = definition;
  return Object.freeze({ kind: 'event', name: failureName(name), of: { kind, name } }) as never;
}
