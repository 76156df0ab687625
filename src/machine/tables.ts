import type { MachineDefinition } from './definition.ts';

/** The tables of the seam: events by their own name, and who may create an instance. */
export function machineTables({ events, creates }: Pick<MachineDefinition, 'events' | 'creates'>) {
  return { events: Object.fromEntries(events.map(({ alias, name }) => [name, alias])), creates };
}
