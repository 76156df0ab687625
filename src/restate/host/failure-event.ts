import type { ErrorRecord } from '../../core/index.ts';
import { failurePayload, type AnyEvent } from '../../flow/index.ts';
import type { Published } from '../contract.ts';
import type { Run } from '../runs/run.ts';
import { eventId } from './event-id.ts';

/** That a task or flow has failed for good, as an event. `asked`: its input as JSON. */
export function failureEvent(
  run: Run,
  event: AnyEvent,
  asked: unknown,
  where: { readonly error: ErrorRecord; readonly runId: string; readonly step?: string },
  at: number,
): Published {
  const payload: unknown = JSON.parse(failurePayload(asked === undefined ? undefined : JSON.stringify(asked), where));
  return { id: eventId(run, where.step ?? '', 0, at), name: event.contract, payload, at };
}
