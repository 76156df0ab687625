import type { ErrorRecord } from '../../core/index.ts';
import { idFrom } from '../../engine/index.ts';
import { failureOf, failurePayload, type AnyEvent, type AnyFlow, type AnyTask } from '../../flow/index.ts';
import type { Published } from '../contract.ts';

/** The id of an event that a run publishes at a step: the same in every replay. */
export const eventId = (invocation: string, path: string): string => `evt_${idFrom(invocation, path, 0)}`;

/** The event by which a run publishes something at a step. */
export function eventOf(
  from: { readonly invocation: string; readonly path: string; readonly at: number },
  event: AnyEvent,
  payload: unknown,
): Published {
  return {
    id: eventId(from.invocation, from.path),
    name: event.contract,
    ...(payload !== undefined && { payload }),
    at: from.at,
  };
}

/**
 * What tells that a task or flow has failed for good. `input`: as JSON. It is published whether or not this code has somebody
 * who takes it: the newest deployment may.
 */
export function failureEvents(
  of: AnyTask | AnyFlow,
  input: unknown,
  where: { readonly error: ErrorRecord; readonly runId: string; readonly step?: string },
  from: { readonly invocation: string; readonly at: number },
): readonly Published[] {
  const event = failureOf(of);
  const payload: unknown = JSON.parse(failurePayload(input === undefined ? undefined : JSON.stringify(input), where));
  return [eventOf({ ...from, path: `${where.step ?? ''} ${event.contract}` }, event, payload)];
}
