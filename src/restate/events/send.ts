import { canonicalJson } from '../../core/index.ts';
import { EventError } from '../../engine/index.ts';
import type { SendOptions, SendResult } from '../../runtime/index.ts';
import type { Ingress, Place } from '../contract.ts';
import { headerKey } from '../ingress/header-key.ts';
import { checked } from './check.ts';
import type { PublishAsks, PublishGives } from './publisher.ts';

/**
 * Sends an event from outside of any handler.
 *
 * @throws EventError MR3301 unknown event, MR3302 invalid payload, MR3303 the key was used for something else, MR3570.
 */
export async function sendEvent(
  ingress: Ingress,
  { names, registry }: Pick<Place, 'names' | 'registry'>,
  name: string,
  payload?: unknown,
  { idempotencyKey }: SendOptions = {},
): Promise<SendResult> {
  const body: PublishAsks = { event: name, payload: checked(registry, name, payload).payload };
  const answer = await ingress.call({
    service: names.events,
    handler: idempotencyKey === undefined ? 'send' : 'publish',
    body,
    ...(idempotencyKey !== undefined && { idempotencyKey: headerKey(idempotencyKey) }),
  });
  const { asked, ...result } = answer as PublishGives;
  if (canonicalJson(asked) === canonicalJson(JSON.parse(JSON.stringify(body)))) return result;
  throw new EventError(
    'MR3303',
    `The idempotency key '${idempotencyKey}' was used for another request. Use a new key for a new request.`,
    { details: { key: idempotencyKey } },
  );
}
