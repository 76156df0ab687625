import type { Clock, MillraceError } from '../../core/index.ts';
import type { ContextSchema } from '../definition.ts';
import type { MachineModule } from '../module.ts';
import type { Instance } from './instance.ts';

/** A machine with the schema of its context: its defaults fill what a new instance is not given. */
export interface MachineWithContext {
  readonly module: MachineModule<unknown>;
  readonly context: ContextSchema;
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
  readonly instance: Instance<unknown>;
  /** Under the name by which the machine knows it. */
  readonly event: string;
  readonly payload: unknown;
  /** The events that it would have taken. */
  readonly available: readonly string[];
}

/** An event that a machine told the world. */
export interface Emitted {
  readonly event: string;
  readonly payload: unknown;
  readonly instance: Instance<unknown>;
}

export interface HostOptions {
  /** The machines that can be created, and run by others. Those of a generated system: `Object.values(system.machines)`. */
  readonly machines: readonly (MachineModule<unknown> | MachineWithContext)[];
  /** The code of the flows and tasks that machines run or start, by name. */
  readonly work?: Readonly<Record<string, Work>>;
  /** Default: the wall clock. */
  readonly clock?: Clock;
  /** Hears of every event that a machine emits; machines of the host that list the event hear of it by themselves. */
  readonly onEmit?: (emitted: Emitted) => void;
  readonly onUnhandled?: (unhandled: Unhandled) => void;
  /**
   * Hears of what went wrong and had no other place to go: what guards and actions threw (MR3382), a machine that does
   * not come to rest (MR3331), work that failed and whose failure nobody handles (MR3383), a listener that threw
   * (MR3384). Default: `reportError`, where the platform has it, else `console.error`.
   */
  readonly onError?: (error: MillraceError) => void;
}
