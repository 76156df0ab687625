import type { Duration, ErrorRecord } from '../../core/index.ts';
import type { Tags } from '../../model/index.ts';
import type { EventRef, PayloadOf } from '../event/event.ts';
import type { FlowRef } from '../flow/flow.ts';
import type { GivesOf, Ref, TakesOf } from '../ref.ts';
import type { Parsed, Schema } from '../schema.ts';
import type { TaskRef } from '../task/task.ts';
import type { Actions, Delay } from './actions.ts';
import type { MachineScope, OfError, OfEvent, OfOutput } from './scope.ts';

export type Events = Readonly<Record<string, EventRef>>;
export type Flows = Readonly<Record<string, FlowRef>>;
export type Tasks = Readonly<Record<string, TaskRef>>;
export type Machines = Readonly<Record<string, MachineRef>>;

/** Any machine. */
export type MachineRef = Ref<'machine'>;

/** What the lambdas and names of a machine know: one type parameter in place of five. */
export interface World {
  /** The context of the machine: what `assign` writes, also where a state narrows what can be read. */
  readonly context: unknown;
  readonly events: Events;
  readonly flows: Flows;
  readonly tasks: Tasks;
  readonly machines: Machines;
}

/** Where to go, on what condition, and what to do. Without a `target` the machine stays where it is. */
interface Transition<Ctx, Base, Data, Target extends string> extends Actions<MachineScope<Ctx, Target, Data>, Base> {
  readonly target?: Target | readonly Target[];
  readonly guard?: (scope: MachineScope<Ctx, Target, Data>) => boolean;
  /** True: going to the state itself or to one below does not leave it. */
  readonly internal?: boolean;
  readonly description?: string;
}

/** A target, one transition, or several tried in order. */
type Go<Ctx, Base, Data, Target extends string> =
  | Target
  | Transition<Ctx, Base, Data, Target>
  | readonly (Target | Transition<Ctx, Base, Data, Target>)[];

/** A transition after a time that is read from the context. */
interface Later<Ctx, Base, Target extends string> extends Transition<Ctx, Base, unknown, Target> {
  readonly delay: Delay<MachineScope<Ctx, Target, unknown>>;
}

interface RunOf<Ctx, Base, Input, Output, Target extends string> {
  /** What names this piece of work when a state has several. Default: the name used for it here. */
  readonly id?: string;
  readonly input?: (scope: MachineScope<Ctx, Target, unknown>) => Input;
  readonly onDone?: Go<Ctx, Base, OfOutput<Output>, Target>;
  readonly onError?: Go<Ctx, Base, OfError, Target>;
}

interface RunFlow<Alias> {
  readonly flow: Alias;
  readonly task?: never;
  readonly machine?: never;
}
interface RunTask<Alias> {
  readonly task: Alias;
  readonly flow?: never;
  readonly machine?: never;
}
interface RunMachine<Alias> {
  readonly machine: Alias;
  readonly flow?: never;
  readonly task?: never;
}

/** Work started on entry and cancelled on exit. A union over the names, so that `input` and `output` follow. */
type Run<Ctx, W extends World, Target extends string> =
  | {
      readonly [K in keyof W['flows']]: RunFlow<K> &
        RunOf<Ctx, W['context'], TakesOf<W['flows'][K]>, GivesOf<W['flows'][K]>, Target>;
    }[keyof W['flows']]
  | {
      readonly [K in keyof W['tasks']]: RunTask<K> &
        RunOf<Ctx, W['context'], TakesOf<W['tasks'][K]>, GivesOf<W['tasks'][K]>, Target>;
    }[keyof W['tasks']]
  | {
      readonly [K in keyof W['machines']]: RunMachine<K> &
        RunOf<Ctx, W['context'], TakesOf<W['machines'][K]>, GivesOf<W['machines'][K]>, Target>;
    }[keyof W['machines']];

/** `shipping.*` for every alias such as `shipping.done`. */
type PrefixOf<Name> = Name extends `${infer Head}.${infer Rest}`
  ? `${Head}.*` | `${Head}.${PrefixOf<Rest> & string}`
  : never;
type PayloadUnder<E extends Events, Prefix> = Prefix extends `${infer Head}.*`
  ? PayloadOf<E[Extract<keyof E, `${Head}.${string}`>]>
  : never;

type On<Ctx, Base, E extends Events, Target extends string> = {
  readonly [K in keyof E]?: Go<Ctx, Base, OfEvent<PayloadOf<E[K]>>, Target>;
} & {
  readonly [K in PrefixOf<keyof E>]?: Go<Ctx, Base, OfEvent<PayloadUnder<E, K>>, Target>;
} & {
  /** Any event that nothing else here names. */
  readonly '*'?: Go<Ctx, Base, OfEvent<PayloadOf<E[keyof E]>>, Target>;
  /** A guard or an action threw. */
  readonly 'error.execution'?: Go<Ctx, Base, OfEvent<ErrorRecord>, Target>;
  /** A `send` did not reach its target. */
  readonly 'error.communication'?: Go<Ctx, Base, OfEvent<ErrorRecord>, Target>;
  /** Either of them. */
  readonly 'error.*'?: Go<Ctx, Base, OfEvent<ErrorRecord>, Target>;
  /** The end of another state, or of another state's work: for its own a state has `onDone`, and so has its `run`. */
  readonly [end: `done.${'state' | 'run'}.${string}`]: Go<Ctx, Base, OfEvent<unknown>, Target>;
  readonly [failure: `error.run.${string}`]: Go<Ctx, Base, OfEvent<ErrorRecord>, Target>;
};

/** One state. */
interface State<Ctx, W extends World, Target extends string, P extends string> {
  readonly description?: string;
  readonly tags?: Tags;
  /** The state below to start in (several when they are in different regions). Of a history state: where to go the first time. */
  readonly initial?: Target | readonly Target[];
  /** Starts in all the states below at the same time. */
  readonly parallel?: true;
  /** Remembers where the state around it was when it was left: its child, or the whole way down. */
  readonly history?: 'shallow' | 'deep';
  /** Ends the state around it, or the machine. */
  readonly final?: true;
  /** What a final state gives. */
  readonly output?: (scope: MachineScope<Ctx, Target, unknown>) => unknown;
  readonly on?: On<Ctx, W['context'], W['events'], Target>;
  /** Tried whenever the machine has moved, without any event. */
  readonly always?: Go<Ctx, W['context'], unknown, Target>;
  /** By the time since the state was entered: `{ '3d': 'late' }`, or a list of transitions with a `delay`. */
  readonly after?:
    | { readonly [D in Duration]?: Go<Ctx, W['context'], unknown, Target> }
    | readonly Later<Ctx, W['context'], Target>[];
  readonly entry?: Actions<MachineScope<Ctx, Target, unknown>, W['context']>;
  readonly exit?: Actions<MachineScope<Ctx, Target, unknown>, W['context']>;
  readonly run?: Run<Ctx, W, Target> | readonly Run<Ctx, W, Target>[];
  /** Taken when the states below have come to a final one; with regions, when all have. */
  readonly onDone?: Go<Ctx, W['context'], OfOutput<unknown>, Target>;
  /**
   * A schema of its own: what the context must fit while the machine is here. It is checked on entry, and narrows what
   * the lambdas of this state and of those below it see.
   */
  readonly context?: Schema;
  /** Type only: what `part(...)` brought along. */
  readonly '~part'?: PartMark<P, Target>;
}

/** The states that a part has, and those outside that it goes to. */
export interface PartMark<Names extends string, Exits extends string> {
  readonly names: Names;
  readonly exits: Exits;
}

/** The context of a state: that of the state around it, and what its own schema says. */
type Narrowed<Own, Name, Ctx> = Name extends keyof Own
  ? Own[Name] extends Schema
    ? Ctx & Parsed<Own[Name]>
    : Ctx
  : Ctx;
type Below<Own, Name> = Name extends keyof Own ? Own[Name] : unknown;

// State names are inferred from the keys at each depth and are unique in a machine, so a target is just a name.
// A to D are the names by depth, P those of parts. N1 to N4 hold the schemas that states have of their own, by name.
interface Depth1<
  Ctx,
  W extends World,
  Target extends string,
  B extends string,
  C extends string,
  D extends string,
  P extends string,
  N2,
  N3,
  N4,
> extends State<Ctx, W, Target, P> {
  readonly states?: {
    readonly [Name in B]?: Depth2<Narrowed<N2, Name, Ctx>, W, Target, C, D, P, Below<N3, Name>, Below<N4, Name>>;
  };
}
interface Depth2<
  Ctx,
  W extends World,
  Target extends string,
  C extends string,
  D extends string,
  P extends string,
  N3,
  N4,
> extends State<Ctx, W, Target, P> {
  readonly states?: { readonly [Name in C]?: Depth3<Narrowed<N3, Name, Ctx>, W, Target, D, P, Below<N4, Name>> };
}
interface Depth3<Ctx, W extends World, Target extends string, D extends string, P extends string, N4> extends State<
  Ctx,
  W,
  Target,
  P
> {
  readonly states?: { readonly [Name in D]?: State<Narrowed<N4, Name, Ctx>, W, Target, P> };
}

/** The states of a machine or a part. */
export type Level1<
  Ctx,
  W extends World,
  Target extends string,
  A extends string,
  B extends string,
  C extends string,
  D extends string,
  P extends string,
  N1,
  N2,
  N3,
  N4,
> = {
  readonly [Name in A]: Depth1<
    Narrowed<N1, Name, Ctx>,
    W,
    Target,
    B,
    C,
    D,
    P,
    Below<N2, Name>,
    Below<N3, Name>,
    Below<N4, Name>
  >;
} & Own1<N1> &
  Own2<N2> &
  Own3<N3> &
  Own4<N4>;

// What a state's own schema is, is inferred here, one type for each depth: a schema found at one depth cannot be told
// from another's by name alone while the names are still being inferred.
type Own1<N> = { readonly [Name in keyof N]: { readonly context?: N[Name] } };
type Own2<N> = { readonly [Name in keyof N]: { readonly states?: Own1<N[Name]> } };
type Own3<N> = { readonly [Name in keyof N]: { readonly states?: Own2<N[Name]> } };
type Own4<N> = { readonly [Name in keyof N]: { readonly states?: Own3<N[Name]> } };
