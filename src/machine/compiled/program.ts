import type { Effect, MachineEvent, MachineModule, Snapshot, StateRow, StepScope } from '../module.ts';

export type { StateRow } from '../module.ts';

/**
 * The registers of one instance while it works: what generated code reads and writes. Changed in place, so that a step
 * costs no more than a step written by hand; a snapshot is made of it when somebody wants one.
 */
export interface Cell<Context> {
  /** The number of the active leaf in {@link Program.states}; -1 before the machine has started. */
  state: number;
  context: Context;
  done: boolean;
  output: unknown;
  /** What the host is to do, in order. */
  effects: Effect[];
  errors: { readonly message: string; readonly at: string }[];
  /** Internal events that wait for their turn. */
  queue: MachineEvent[];
  /** The states entered since the machine last rested whose work has to begin, outermost first. */
  begin: number[];
  instanceId: string;
  /** Milliseconds since 1970. */
  now: number;
}

/** What the compiler makes of a machine: tables, and functions over its registers. */
export interface Program<Context, Registers extends Cell<Context> = Cell<Context>> {
  readonly name: string;
  /** The hash of the machine in the model. */
  readonly hash: string;
  readonly key: string;
  /** From event name to alias. */
  readonly events: Readonly<Record<string, string>>;
  readonly creates: readonly string[];
  /** By number, in document order. */
  readonly states: readonly StateRow[];
  /** Registers that are more than a {@link Cell}: of an instance that has not started, or that stands as a snapshot says. */
  readonly open?: (context: Context, scope: StepScope, snapshot?: Snapshot<Context>) => Registers;
  /** What such registers say. */
  readonly read?: (cell: Registers) => Snapshot<Context>;
  /** Enters the initial state. */
  readonly enter: (cell: Registers) => void;
  /** Takes the transition that an event enables, if there is one: a microstep. */
  readonly step: (cell: Registers, event: string, payload: unknown) => boolean;
  /** Takes an eventless transition, if one is enabled. */
  readonly always?: (cell: Registers) => boolean;
  /** Asks for the work of a state. */
  readonly begin?: (cell: Registers, state: number) => void;
  /** Present when one transition can set off another, or work: what brings the machine to rest. */
  readonly settle?: (program: Program<Context, Registers>, cell: Registers, handled: boolean) => boolean;
}

/** A machine module that was compiled. Its program is for those who keep the registers in memory. */
export interface CompiledMachine<Context> extends MachineModule<Context> {
  readonly program: Program<Context>;
}
