import type { BoundSystem } from 'millrace/tasks';
import { system as simulated, tasksOf } from '../../simulate/system.ts';
import { askingParts, lookingIn } from './asking.ts';
import { flows, hourly } from './flows.ts';
import { machines } from './machines.ts';
import { contracts, events, implementations } from './tasks.ts';
import type { CaseWorld } from './world.ts';

/** The system of all cases: that of the simulation, more of everything, and a flow whose step a model does, within 100 USD. */
export const system: BoundSystem = {
  ...simulated,
  events: { ...simulated.events, ...events },
  tasks: { ...simulated.tasks, ...contracts, ...askingParts.tasks },
  flows: { ...simulated.flows, ...flows, ...askingParts.flows },
  machines: { ...simulated.machines, ...machines },
  budget: { run: '100 USD' },
};

/** The same, and a flow that starts by itself. */
export const scheduledSystem: BoundSystem = { ...system, flows: { ...system.flows, hourly } };

/** What its tasks do in a world. */
export const tasksIn = (world: CaseWorld) => ({
  ...tasksOf(
    () => world,
    (context) => world.note(context),
  ),
  ...implementations(world),
  look: lookingIn(world),
});
