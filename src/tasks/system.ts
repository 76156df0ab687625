import type { AnyEvent, AnyTask, FlowModule } from '../flow/index.ts';
import type { MachineModule } from '../machine/index.ts';
import type { TaskImplementation } from './implement.ts';

/** A system that can run: its contracts, compiled flows and machines, and the implementations of its tasks. */
export interface BoundSystem {
  readonly kind: 'bound-system';
  readonly name: string;
  readonly version: string;
  /** The hash of the model it was compiled from. */
  readonly hash: string;
  /** The `.dsl.ts` it was compiled from, relative to the folder of the generated `index.ts`. */
  readonly source: string;
  readonly events: Readonly<Record<string, AnyEvent>>;
  readonly tasks: Readonly<Record<string, AnyTask>>;
  readonly flows: Readonly<Record<string, FlowModule>>;
  readonly machines: Readonly<Record<string, BoundMachine>>;
  /** By task name. A task without an entry has to be registered before it runs. */
  readonly implementations: Readonly<Record<string, TaskImplementation>>;
}

/** A machine with the schema of its context, which the machine module itself does not load. */
export interface BoundMachine {
  readonly module: MachineModule<unknown>;
  readonly context: AnyTask['input'];
}
