import type { Effect, MachineEvent, MachineModule, Snapshot, StateRow, StepScope } from '../module.ts';

export type { StateRow } from '../module.ts';

/**
 * The registers of one instance while it works: what generated code reads and writes. Changed in place, so that a step
 * costs no more than a step written by hand; a snapshot is made of it when somebody wants one. A machine with parallel
 * states has a register for each region more, one with history states one for each of them.
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
  /** Enters the initial state. */
  readonly enter: (cell: Registers) => void;
  /** Takes the transitions that an event enables, if there are any: a microstep. */
  readonly step: (cell: Registers, event: string, payload: unknown) => boolean;
  /** Takes the eventless transitions that are enabled, if there are any. */
  readonly always?: (cell: Registers) => boolean;
  /** Asks for the work of a state. */
  readonly begin?: (cell: Registers, state: number) => void;
  /** Present when one transition can set off another, or work: what brings the machine to rest. */
  readonly settle?: (program: Program<Context, Registers>, cell: Registers, handled: boolean) => boolean;
}

/** The program of a machine that has more registers than `state`. */
export interface RegionalProgram<Context, Registers extends Cell<Context>> extends Program<Context, Registers> {
  /** The number of the first state of each region but the first, which is the machine itself. */
  readonly regions: readonly number[];
  /** The numbers of the history states, if there are any. */
  readonly histories?: readonly number[];
  /** Makes the registers from where each region stands, and what each history state remembers. */
  readonly open: (
    cell: Cell<Context>,
    regions: readonly number[],
    remembered: readonly (readonly number[])[],
  ) => Registers;
  /** Where each region stands. */
  readonly read: (cell: Registers) => readonly number[];
  /** What each history state remembers. */
  readonly remembered?: (cell: Registers) => readonly (readonly number[])[];
}

/** Between registers and snapshots. */
export interface Keeper<Context, Registers> {
  /** The registers of an instance that has not started, or that stands as a snapshot says. */
  readonly open: (context: Context, scope: StepScope, snapshot?: Snapshot<Context>) => Registers;
  /** What the registers say, as plain JSON. */
  readonly read: (cell: Registers) => Snapshot<Context>;
}

/** A machine module that was compiled. Program and keeper are for those who keep the registers in memory. */
export interface CompiledMachine<
  Context,
  Contexts = Readonly<Record<string, Context>>,
  Registers extends Cell<Context> = Cell<Context>,
> extends MachineModule<Context, Contexts> {
  readonly program: Program<Context, Registers>;
  readonly keeper: Keeper<Context, Registers>;
}
