import type { Duration } from '../core/index.ts';
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
  /** What is kept of what is over; the runtime's option of this name goes before it, member by member. */
  readonly retention?: Retention;
  /** How much its models may cost. */
  readonly budget?: SystemBudget;
}

/** At most so much money, as `'0.50 USD'`: for each run with all that it runs, each day (UTC), in all, and for tasks and models by name. */
export interface SystemBudget {
  readonly run?: string;
  readonly day?: string;
  readonly total?: string;
  readonly tasks?: Readonly<Record<string, string>>;
  readonly models?: Readonly<Record<string, string>>;
}

/**
 * How much is kept of what is over. What is still needed stays, whatever these say: runs that have not ended, events that
 * somebody may still wait for. Without a limit everything stays.
 */
export interface Retention {
  /** Ended runs, each with the runs that it started: how many, how old since their end, how many bytes (or `'500mb'`) of rows. */
  readonly runs?: { readonly keep?: number; readonly maxAge?: Duration; readonly maxSize?: number | string };
  /** Events that were handed out and have expired: how many, how old. */
  readonly events?: { readonly keep?: number; readonly maxAge?: Duration };
  /** Entries of the history of each machine instance: how many, how old; under `machines` for one machine. */
  readonly history?: {
    readonly keep?: number;
    readonly maxAge?: Duration;
    readonly machines?: Readonly<Record<string, { readonly keep?: number; readonly maxAge?: Duration }>>;
  };
  /** Answered requests of other processes: how old. */
  readonly inbox?: { readonly maxAge?: Duration };
  /** Idempotency keys of `sendEvent`: how old. Those of `start` go with their runs. */
  readonly ledger?: { readonly maxAge?: Duration };
}

/** A machine with the schema of its context, which the machine module itself does not load. */
export interface BoundMachine {
  readonly module: MachineModule<unknown>;
  readonly context: AnyTask['input'];
}
