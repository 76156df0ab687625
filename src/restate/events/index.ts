/**
 * Events on Restate: who gets them, in which order, and what is kept for runs that do not wait yet.
 *
 * @module
 */
import type { ServiceDefinition } from '@restatedev/restate-sdk';
import type { Place } from '../contract.ts';
import { bufferService } from './buffers.ts';
import { fieldSetService } from './field-sets.ts';
import { outboxService } from './outbox.ts';
import { publisherService } from './publisher.ts';

export { eventId, eventOf, failureEvents } from './failure.ts';
export { announceFields } from './field-sets.ts';
export { publish } from './publish.ts';
export { sendEvent } from './send.ts';
export { bufferLeave, bufferWait } from './waits.ts';

export const eventServices = (place: Place): readonly ServiceDefinition<string, unknown>[] => [
  publisherService(place),
  outboxService(place),
  bufferService(place),
  fieldSetService(place),
];
