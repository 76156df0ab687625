/**
 * Flows that start by themselves, on Restate.
 *
 * @module
 */
import type { ServiceDefinition } from '@restatedev/restate-sdk';
import type { Ingress, Place } from '../contract.ts';
import { announceFields } from '../events/index.ts';
import { scheduleService } from './service.ts';

export { scheduleView } from './contract.ts';

export const scheduleServices = (place: Place): readonly ServiceDefinition<string, unknown>[] => [
  scheduleService(place),
];

/**
 * Says what the newest deployment expects from outside: when its flows start by themselves, and by which fields they wait for
 * events. To be called each time that a deployment was registered; it may be called as often as one likes.
 */
export async function armSchedules(ingress: Ingress, place: Place): Promise<void> {
  await announceFields(ingress, place);
  await ingress.call({ service: place.names.schedules, key: '~all', handler: 'sync' });
}
