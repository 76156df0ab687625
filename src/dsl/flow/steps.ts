import type { Duration, ErrorRecord } from '../../core/index.ts';
import type { z } from 'zod';
import type { EventCall, TaskCall } from '../call.ts';
import type { EventRef, PayloadOf } from '../event/event.ts';
import type { Schema } from '../schema.ts';
import type { GraphNodes, GraphOptions, GraphValue } from './graph.ts';
import type {
  Approval,
  ApproveOptions,
  MapOptions,
  OnFailure,
  OnTimeout,
  ParallelOptions,
  RepeatOptions,
  Settled,
  StepOptions,
  Timed,
  WaitOptions,
} from './options.ts';
import type { NewId, PerItem, PerRound, With } from './scope.ts';

/** A piece of a flow (a branch, the body of a map) whose value is `Value`. */
export interface Fragment<Value> {
  /** Type only. */
  readonly '~value': Value;
}

/** The steps of a part of a flow. */
type Body<Scope, Value = unknown> = (f: Steps<Scope, void, unknown>) => Fragment<Value>;
type ValueOf<B> = B extends (...args: never) => Fragment<infer Value> ? Value : never;
type ValuesOf<Bodies> = { readonly [K in keyof Bodies]: ValueOf<Bodies[K]> };
/** Which body won a race, and what it gave. */
type Winner<Bodies> = {
  readonly [K in keyof Bodies]: { readonly winner: K; readonly value: ValueOf<Bodies[K]> };
}[keyof Bodies];

/** What stands between two calls: only right after a `step` may an `undo` follow. */
type After = 'step' | 'other';

/** The cases of a branch that are no possible value of it. */
type Unknown<Cases, On extends string | boolean> = {
  readonly [K in Exclude<keyof Cases, `${On}`>]: `'${K & string}' is no value of this branch`;
};
/** A branch needs to know its values. */
type Known<On> = string extends On ? 'a branch needs a value of a literal type, such as z.enum or boolean' : unknown;

/**
 * The steps of a flow, in order.
 *
 * `Scope` is what the next lambda can read: the input and every earlier result, by step id. `Last` is the value of
 * the step just added, and so of the body, unless `returns` says otherwise. `Out` is what `returns` must give.
 */
export interface Steps<Scope, Last, Out, Previous extends After = 'other'> extends Fragment<Last> {
  /** Runs one task or child flow and keeps its result as `id`. */
  step<const Id extends string, Result, Failure extends OnFailure<Scope>>(
    id: NewId<Id, Scope>,
    call: (scope: Scope) => TaskCall<Result>,
    options?: StepOptions<Failure>,
  ): Steps<With<Scope, Id, Settled<Result, Failure>>, Settled<Result, Failure>, Out, 'step'>;

  /** Undoes the step just above when something later fails. Undos run newest first. */
  undo(
    call: Previous extends 'step'
      ? (scope: Scope) => TaskCall<unknown>
      : 'an undo stands right after the step that it undoes',
  ): Steps<Scope, Last, Out>;

  /** Runs the named bodies at the same time; the value is an object of their values. */
  parallel<const Id extends string, Bodies extends Readonly<Record<string, Body<Scope>>>>(
    id: NewId<Id, Scope>,
    bodies: Bodies,
    options?: ParallelOptions,
  ): Steps<With<Scope, Id, ValuesOf<Bodies>>, ValuesOf<Bodies>, Out>;

  /** Picks one body by a literal or a boolean; each possible value needs its case. */
  branch<const Id extends string, On extends string | boolean, Cases extends { readonly [K in `${On}`]: Body<Scope> }>(
    id: NewId<Id, Scope>,
    on: (scope: Scope) => On & Known<On>,
    cases: Cases & Unknown<Cases, On>,
  ): Steps<With<Scope, Id, ValueOf<Cases[keyof Cases]>>, ValueOf<Cases[keyof Cases]>, Out>;

  /** Runs a body for every item; `item` and `index` join its scope. The value is the list of results, in order. */
  map<const Id extends string, Item, Value>(
    id: NewId<Id, Scope>,
    over: (scope: Scope) => readonly Item[],
    body: Body<PerItem<Scope, Item>, Value>,
    options?: MapOptions,
  ): Steps<With<Scope, Id, readonly Value[]>, readonly Value[], Out>;

  /** Runs a body until a condition holds, at most `max` times; `index` joins its scope. The value is the last round's. */
  repeat<const Id extends string, Value>(
    id: NewId<Id, Scope>,
    body: Body<With<Scope, 'index', number>, Value>,
    options: RepeatOptions<PerRound<Scope, Value>>,
  ): Steps<With<Scope, Id, Value>, Value, Out>;

  /** Runs tasks as soon as what they need is done, in deterministic batches. The value is an object of their results. */
  graph<const Id extends string, Done, Failure extends 'failFast' | 'continueIndependent' | 'skip' = 'failFast'>(
    id: NewId<Id, Scope>,
    nodes: (g: GraphNodes<Scope, {}>) => GraphNodes<Scope, Done>,
    options?: GraphOptions<Failure>,
  ): Steps<With<Scope, Id, GraphValue<Done, Failure>>, GraphValue<Done, Failure>, Out>;

  /** Runs the named bodies at the same time; the first to finish wins, the others are cancelled and undone. */
  race<const Id extends string, Bodies extends Readonly<Record<string, Body<Scope>>>>(
    id: NewId<Id, Scope>,
    bodies: Bodies,
  ): Steps<With<Scope, Id, Winner<Bodies>>, Winner<Bodies>, Out>;

  /** Runs a body; when it fails, what it did is undone and the handler runs, with `error` in its scope. */
  attempt<const Id extends string, Value, Handled>(
    id: NewId<Id, Scope>,
    body: Body<Scope, Value>,
    handler: Body<With<Scope, 'error', ErrorRecord>, Handled>,
  ): Steps<With<Scope, Id, Value | Handled>, Value | Handled, Out>;

  /** Waits for an event whose fields match. A timeout fails the flow, unless `onTimeout` is `'continue'`. */
  waitFor<const Id extends string, E extends EventRef, T extends OnTimeout = 'fail'>(
    id: NewId<Id, Scope>,
    event: E,
    options?: WaitOptions<Scope, E, T>,
  ): Steps<With<Scope, Id, Timed<PayloadOf<E>, T>>, Timed<PayloadOf<E>, T>, Out>;

  /** Waits for a person's decision. */
  approve<const Id extends string, Form extends Schema = z.ZodVoid, T extends OnTimeout = 'fail'>(
    id: NewId<Id, Scope>,
    options?: ApproveOptions<Scope, Form, T>,
  ): Steps<With<Scope, Id, Timed<Approval<Form>, T>>, Timed<Approval<Form>, T>, Out>;

  /** Waits for a fixed time, or for one read from the scope. */
  sleep<const Id extends string>(
    id: NewId<Id, Scope>,
    time: Duration | ((scope: Scope) => Duration),
  ): Steps<With<Scope, Id, void>, void, Out>;

  /** Publishes an event. */
  emit<const Id extends string>(
    id: NewId<Id, Scope>,
    call: (scope: Scope) => EventCall,
  ): Steps<With<Scope, Id, void>, void, Out>;

  /** Ends the body with a value. */
  returns<Value extends Out>(value: (scope: Scope) => Value): Fragment<Value>;
}
