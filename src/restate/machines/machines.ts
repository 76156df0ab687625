import { object, type ServiceDefinition } from '@restatedev/restate-sdk';
import type { Place } from '../contract.ts';

/** The virtual objects of all machines of a system. See `MachineHandlers` for what they are called with. */
export function machineServices(place: Place): ServiceDefinition<string, unknown>[] {
  return place.registry
    .machines()
    .map(({ module }) => object({ name: place.names.machine(module.name), handlers: {} }));
}
