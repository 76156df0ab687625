import type { Duration } from '../../core/index.ts';
import type { EventCall, FlowCall } from '../call.ts';

/** The fields of the context that change. `undefined` clears one that may be absent. */
type Changes<Ctx> = { readonly [K in keyof Ctx]?: Ctx[K] | undefined };

type One<T> = T | readonly T[];
type Publish<Scope> = (scope: Scope) => EventCall;

/** How long to wait: a duration, or a lambda that gives one or a number of milliseconds. */
export type Delay<Scope> = Duration | ((scope: Scope) => Duration | number);

/** An event sent through the queue for what comes from outside: to this instance or to another machine, at once or later. */
interface Send<Scope> {
  readonly event: Publish<Scope>;
  readonly delay?: Delay<Scope>;
  /** By which it can be taken back with `cancel`. Several may have the same. */
  readonly id?: string | ((scope: Scope) => string);
  /**
   * `#parent` (the instance that runs this one), `#ID` (the machine that the `run` of this id works with), `machine` (its
   * instance that the event's key field names) or `machine/instance`. Without it the event goes to this instance.
   */
  readonly target?: string | ((scope: Scope) => string);
}

// Every action but one says that it is no `forEach`: the type checker tells the actions apart by that, and only so knows the
// scope of what stands in their `do`.
interface Single {
  readonly forEach?: never;
}
interface Assign<Scope, Ctx> extends Single {
  readonly assign: (scope: Scope) => Changes<Ctx>;
}
interface Emit<Scope> extends Single {
  readonly emit: Publish<Scope>;
}
interface Raise<Scope> extends Single {
  readonly raise: Publish<Scope>;
}
interface Start<Scope> extends Single {
  readonly start: (scope: Scope) => FlowCall;
}
interface SendOne<Scope> extends Single {
  readonly send: Send<Scope>;
}
interface Cancel<Scope> extends Single {
  readonly cancel: string | ((scope: Scope) => string);
}

/** One action, where the order matters. */
type Action<Scope, Ctx> =
  | Assign<Scope, Ctx>
  | Emit<Scope>
  | Raise<Scope>
  | Start<Scope>
  | SendOne<Scope>
  | Cancel<Scope>
  | When<Scope, Ctx>
  | ForEach<Scope, Ctx>;

/** Actions on a condition, which sees what the actions before it assigned. One that throws ends the block. */
interface When<Scope, Ctx> extends Single {
  readonly when: (scope: Scope) => boolean;
  readonly do: readonly Action<Scope, Ctx>[];
  readonly else?: readonly Action<Scope, Ctx>[];
}

/** Scope names that hold fields. */
type Holder = 'context' | 'event' | 'output' | 'item';
type ItemOf<List> = NonNullable<List> extends readonly (infer Item)[] ? Item : never;
type ForItem<Scope, Item> = {
  readonly [K in keyof Scope | 'item' | 'index']: K extends 'item'
    ? Item
    : K extends 'index'
      ? number
      : K extends keyof Scope
        ? Scope[K]
        : never;
};

/**
 * The same actions for each item of a list: `{ forEach: 'context.seats', do: [...] }`. The list is named, not computed,
 * so that `item` has a type. A list that is absent counts as empty.
 */
type ForEach<Scope, Ctx> = {
  readonly [P in keyof Scope & Holder]: {
    readonly [K in keyof Scope[P] & string]: [ItemOf<Scope[P][K]>] extends [never]
      ? never
      : { readonly forEach: `${P}.${K}`; readonly do: readonly Action<ForItem<Scope, ItemOf<Scope[P][K]>>, Ctx>[] };
  }[keyof Scope[P] & string];
}[keyof Scope & Holder];

/**
 * What a transition, an entry or an exit does: first `assign`, then, seeing the new context, `emit`, `raise`, `start`,
 * `cancel`, `send`, and last `do`, whose actions run in the order in which they stand.
 */
export interface Actions<Scope, Ctx> {
  /** Changes the context. */
  readonly assign?: (scope: Scope) => Changes<Ctx>;
  /** Appends an event to the event log. */
  readonly emit?: One<Publish<Scope>>;
  /** Puts an event into the machine's own queue: it is taken before any event from outside. */
  readonly raise?: One<Publish<Scope>>;
  /** Starts a flow that outlives the state. */
  readonly start?: One<(scope: Scope) => FlowCall>;
  /** Takes back what was sent under this id and has not arrived; before `send`, so that both with one id start a timer again. */
  readonly cancel?: One<string | ((scope: Scope) => string)>;
  /** Sends an event to this instance or to another machine, at once or later. */
  readonly send?: One<Send<Scope>>;
  readonly do?: readonly Action<Scope, Ctx>[];
}
