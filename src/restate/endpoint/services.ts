import type { Place } from '../contract.ts';
import { decisionServices } from '../decisions/index.ts';
import { effectServices } from '../effects/index.ts';
import { eventServices } from '../events/index.ts';
import { limitServices } from '../limits/index.ts';
import { machineServices } from '../machines/machines.ts';
import { flowServices } from '../runs/services.ts';
import { scheduleServices } from '../schedules/index.ts';
import type { AnyService } from './serve.ts';

/** Everything that a system is on Restate, but for what models need. */
export function servicesOf(place: Place): readonly AnyService[] {
  return [
    ...flowServices(place),
    ...eventServices(place),
    ...decisionServices(place),
    ...scheduleServices(place),
    ...machineServices(place),
    ...effectServices(place),
    ...limitServices(place),
  ];
}
