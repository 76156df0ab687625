import type { Clock, MillraceError } from '../../core/index.ts';
import type { ContextSchema } from '../definition.ts';
import type { MachineModule } from '../module.ts';
import type { Instance } from './instance.ts';

/** A machine with schemas, as the generated contracts have them. What has none is taken as it is. */
export interface MachineWithSchemas {
  readonly module: MachineModule<unknown>;
  /** Its defaults fill what a new instance is not given. Checked at the start, after each step, and when restored. */
  readonly context?: ContextSchema;
  /** By the system's names of the events: `{ volumeChanged: volumeChanged.payload }`. The machine gets what they make of a payload. */
  readonly payloads?: Readonly<Record<string, ContextSchema>>;
}

/** What work is told besides its input. */
export interface WorkContext {
  /** Aborted when the state is left that the work is for, or when the instance or the host is stopped. */
  readonly signal: AbortSignal;
  readonly machine: string;
  readonly instanceId: string;
  /** The id of the run: `fulfilling.chargeCard`. Absent for a flow that was started to outlive its state. */
  readonly run?: string;
}

/** The code of a flow or task: gives its output, or throws. */
export type Work = (input: never, context: WorkContext) => unknown;

/** An event that nobody took. */
export interface Unhandled {
  /** Who got it. Absent when a published event found nobody. */
  readonly instance?: Instance<unknown>;
  /** The machine that lists it. Absent when none does. */
  readonly machine?: string;
  /** Under the name by which the machine knows it; when no machine lists it, the name that was published. */
  readonly event: string;
  readonly payload: unknown;
  /** The events that the instance would have taken. */
  readonly available: readonly string[];
  /**
   * `unknown-event`: it is not listed (under this name); `no-key`: the payload lacks the field that names the instance;
   * `no-instance`: there is none, and the event does not create one; `ended`: the instance has; `no-transition`: it has
   * none for the event now, or no guard let it.
   */
  readonly reason: 'unknown-event' | 'no-key' | 'no-instance' | 'ended' | 'no-transition';
  /** The same for people. */
  readonly message: string;
}

/** An event that a machine told the world. */
export interface Emitted {
  readonly event: string;
  readonly payload: unknown;
  readonly instance: Instance<unknown>;
}

export interface HostOptions {
  /** The machines that can be created, and run by others. Those of a generated system: `Object.values(system.machines)`. */
  readonly machines: readonly (MachineModule<unknown> | MachineWithSchemas)[];
  /** The code of the flows and tasks that machines run or start, by name. */
  readonly work?: Readonly<Record<string, Work>>;
  /** Default: the wall clock. */
  readonly clock?: Clock;
  /** Hears of every event that a machine emits; machines of the host that list the event hear of it by themselves. */
  readonly onEmit?: (emitted: Emitted) => void;
  /** Hears of events that nobody took, and why. */
  readonly onUnhandled?: (unhandled: Unhandled) => void;
  /**
   * Hears of what went wrong and had no other place to go: what guards and actions threw (MR3382), a machine that does
   * not come to rest (MR3331), a step after which the context would not fit its schema (MR3381), work that failed and
   * whose failure nobody handles (MR3383), a listener that threw (MR3384). Default: `reportError`, where the platform has
   * it, else `console.error`.
   */
  readonly onError?: (error: MillraceError) => void;
}
