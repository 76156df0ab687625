import { failedOf } from '../../core/index.ts';
import { EventError, payloadText, type Registry } from '../../engine/index.ts';
import type { AnyEvent } from '../../flow/index.ts';

/**
 * An event that may be sent from outside, and its payload as JSON.
 *
 * @throws EventError MR3301, MR3302, MR3570.
 */
export function checked(
  registry: Registry,
  name: string,
  payload: unknown,
): { readonly event: AnyEvent; readonly payload: unknown } {
  const event = registry.event(name);
  if (event === undefined) {
    throw new EventError(
      'MR3301',
      `The system '${registry.system.name}' has no event '${name}'. It has: ${Object.keys(registry.system.events).join(', ')}.`,
    );
  }
  const of = failedOf(name);
  if (of !== undefined) {
    throw new EventError(
      'MR3570',
      `'${name}' tells that '${of}' has failed, which only the engine can say: it cannot be sent.`,
    );
  }
  const text = payloadText(event, payload);
  return { event, payload: text === undefined ? undefined : JSON.parse(text) };
}
