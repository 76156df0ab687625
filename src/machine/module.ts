/** An event as a machine sees it. */
export interface MachineEvent {
  /** The name by which the machine that takes it knows it (its alias there). */
  readonly name: string;
  readonly payload?: unknown;
}

/** Where an instance stands: plain JSON under state *names*, so that it survives a new version of the machine. */
export interface Snapshot<Context = unknown, State extends string = string> {
  /** The active leaf states, in document order. */
  readonly state: readonly State[];
  readonly context: Context;
  readonly status: 'active' | 'done';
  /** The output of the final state, once done. */
  readonly output?: unknown;
  /** What history states remember, by name. */
  readonly history?: Readonly<Record<string, readonly State[]>>;
}

/** What a step asks its host to do, in order, in the same transaction as the new snapshot. */
export type Effect =
  /** Append an event to the event log. `event` is the event's own name. */
  | { readonly type: 'emit'; readonly event: string; readonly payload: unknown }
  /** Start a flow that outlives the state. */
  | { readonly type: 'start'; readonly flow: string; readonly input: unknown }
  /** Start work that lives as long as its state; its end comes back as `done.run.ID` or `error.run.ID`. */
  | {
      readonly type: 'run';
      readonly id: string;
      readonly target: { readonly kind: 'flow' | 'task' | 'machine'; readonly name: string };
      readonly input: unknown;
    }
  /** Cancel that work. */
  | { readonly type: 'stop'; readonly id: string }
  /**
   * Send `event` to this instance after `delay` milliseconds, as an event from outside. Each is a delivery of its own,
   * also under an id that others have; what is due at once arrives in the order sent, before any later event.
   */
  | { readonly type: 'schedule'; readonly id?: string; readonly delay: number; readonly event: MachineEvent }
  /**
   * The same to another machine. `target` is `#parent` (the instance that runs this one), `#RUN` (the machine that the
   * run of this id works with), `machine/instance`, or `machine` (the instance that the event's key field names).
   * `event.name` is the event's own name. What cannot be reached comes back as the internal event `error.communication`.
   */
  | {
      readonly type: 'send';
      readonly id?: string;
      readonly delay: number;
      readonly target: string;
      readonly event: MachineEvent;
    }
  /** Take back all that waits under this id. */
  | { readonly type: 'unschedule'; readonly id: string };

/** What is read from outside during a step: recorded by the host. */
export interface StepScope {
  readonly instanceId: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One macrostep: the outcome of one external event, run to completion. */
export interface MachineStep<Context = unknown, State extends string = string> {
  readonly snapshot: Snapshot<Context, State>;
  /** Did any transition match? An unmatched event changes nothing. */
  readonly handled: boolean;
  readonly effects: readonly Effect[];
  /** What guards and actions threw; each also was an `error.execution` event inside the step. */
  readonly errors: readonly { readonly message: string; readonly at: string }[];
}

/**
 * One state: its name, the number of the state around it (-1: none), the aliases that it has transitions for, and what
 * it is when that is more than a leaf or a state with one active child: of a history state, how deep it remembers.
 */
export type StateRow = readonly [
  name: string,
  parent: number,
  listens: readonly string[],
  type?: 'parallel' | 'final' | 'shallow' | 'deep',
];

/**
 * A compiled (or interpreted) machine: pure functions from snapshot and event to the next snapshot and effects. The
 * one seam between statecharts and whatever runs them: the engine, a browser page, a test.
 *
 * Internal events have reserved names: `done.run.ID` (payload: the output), `error.run.ID` (payload: an ErrorRecord),
 * `after.STATE.N` (no payload), `done.state.STATE` (payload: the output of the final state), `error.execution` (payload: an
 * ErrorRecord whose details say where), `error.communication` (payload: an ErrorRecord; what a `send` could not reach).
 *
 * `Contexts` says, by the name of each state, what the context is while the machine is in it.
 */
export interface MachineModule<Context = unknown, Contexts = Readonly<Record<string, Context>>> {
  readonly kind: 'machine';
  readonly name: string;
  /** The hash of the machine in the model. */
  readonly hash: string;
  /** The payload field that names the instance. */
  readonly key: string;
  /** From event name to the alias used in this machine. */
  readonly events: Readonly<Record<string, string>>;
  /** The aliases of the events that may create an instance. */
  readonly creates: readonly string[];
  /** By number, in document order. */
  readonly states: readonly StateRow[];
  /** Enters the initial state. */
  start(context: Context, scope: StepScope): MachineStep<Context, StateIn<Contexts>>;
  /** Takes one event to completion. */
  send(
    snapshot: Snapshot<Context, StateIn<Contexts>>,
    event: MachineEvent,
    scope: StepScope,
  ): MachineStep<Context, StateIn<Contexts>>;
  /** The aliases of the declared events for which the current state (or an ancestor) has a transition, guards aside. */
  available(snapshot: Snapshot<Context, StateIn<Contexts>>): readonly string[];
  /** Type only. */
  readonly '~contexts'?: Contexts;
}

/** The names of the states. */
export type StateIn<Contexts> = keyof Contexts & string;
