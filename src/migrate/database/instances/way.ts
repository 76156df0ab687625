import type { MachineDefinition, Snapshot } from '../../../machine/index.ts';
import type { PlannedStep } from '../../plan/planned-step.ts';
import type { World } from '../world.ts';
import type { Pending } from './timers.ts';

/** An instance on its way through the steps. */
export interface Way {
  machine: string;
  snapshot: Snapshot<unknown>;
  pending: readonly Pending[];
  work: Map<string, string>;
  /** From each active state that goes on to what it was called at first. */
  goesOn: Map<string, string>;
  /** The last step whose functions have made its states or its context. */
  madeBy?: PlannedStep;
}

/** The definition of a machine with its functions, where it is interpreted. */
export function definitionOf({ live }: World, machine: string): MachineDefinition | undefined {
  const module = live?.machines[machine]?.module;
  return module !== undefined && 'definition' in module ? (module.definition as MachineDefinition) : undefined;
}
