import type { Duration } from '../core/index.ts';

/** What the lambdas of a machine see. Which of `event`, `output` and `error` is there depends on where the lambda stands. */
export interface MachineScope<Context = unknown> {
  readonly context: Context;
  /** The payload of the event that the transition handles. */
  readonly event?: unknown;
  /** In `onDone`: what the work, or the final state, gave. */
  readonly output?: unknown;
  /** In `onError`: why the work failed. */
  readonly error?: unknown;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly instanceId: string;
  /** Is the state of this name active? */
  readonly in: (state: string) => boolean;
}

/** A live lambda of a declaration. It takes a {@link MachineScope}; `never` lets every narrower one in. */
export type Lambda<Result = unknown> = (scope: never) => Result;

/** The structure of a machine node of the model, with live functions in place of expressions. */
export interface MachineDefinition {
  readonly name: string;
  readonly hash: string;
  readonly key: string;
  /** The name used in `on`, and the event's own. */
  readonly events: readonly { readonly alias: string; readonly name: string }[];
  readonly creates: readonly string[];
  readonly initial: readonly string[];
  readonly states: readonly StateDefinition[];
}

export interface StateDefinition {
  readonly name: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** Of a compound state: the targets entered by default; of a history state: those entered when it remembers nothing. */
  readonly initial?: readonly string[];
  readonly on: readonly { readonly event: string; readonly transitions: readonly TransitionDefinition[] }[];
  readonly always: readonly TransitionDefinition[];
  readonly after: readonly {
    readonly delay: Duration | Lambda<Duration | number>;
    readonly transitions: readonly TransitionDefinition[];
  }[];
  readonly entry: readonly ActionDefinition[];
  readonly exit: readonly ActionDefinition[];
  readonly run: readonly RunDefinition[];
  readonly onDone: readonly TransitionDefinition[];
  readonly output?: Lambda;
  /** What the context must fit while the machine is here: checked when the state is entered. */
  readonly context?: ContextSchema;
  readonly history?: 'shallow' | 'deep';
  readonly states: readonly StateDefinition[];
}

/** A schema of any library that follows Standard Schema, as far as it is used here. */
export interface ContextSchema {
  readonly '~standard': {
    readonly validate: (value: unknown) => ContextResult | PromiseLike<ContextResult>;
  };
}

/** What a schema says: without issues it fits. */
export interface ContextResult {
  readonly issues?:
    | readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[]
    | undefined;
}

export interface TransitionDefinition {
  readonly targets: readonly string[];
  readonly guard?: Lambda<boolean>;
  readonly actions: readonly ActionDefinition[];
  readonly internal?: boolean;
}

export interface RunDefinition {
  readonly id: string;
  readonly target: { readonly kind: 'flow' | 'task' | 'machine'; readonly name: string };
  readonly input?: Lambda;
  readonly onDone: readonly TransitionDefinition[];
  readonly onError: readonly TransitionDefinition[];
}

/** What a call lambda names, and its argument alone. */
export interface CallDefinition {
  readonly target: { readonly kind: string; readonly name: string };
  readonly argument?: Lambda;
}

export type ActionDefinition =
  /** Gives the fields of the context that change. */
  | { readonly kind: 'assign'; readonly value: Lambda }
  | { readonly kind: 'emit' | 'raise' | 'start'; readonly call: CallDefinition }
  /** For each item of the list as it was before the first round. A list that is absent counts as empty. */
  | {
      readonly kind: 'forEach';
      readonly over: Lambda<Iterable<unknown> | undefined>;
      readonly actions: readonly ActionDefinition[];
    }
  | {
      readonly kind: 'when';
      readonly condition: Lambda<boolean>;
      readonly actions: readonly ActionDefinition[];
      readonly otherwise?: readonly ActionDefinition[];
    }
  /** Sends an event through the queue for what comes from outside: to this instance, or to the target. */
  | {
      readonly kind: 'send';
      readonly call: CallDefinition;
      readonly id?: string | Lambda<string>;
      readonly delay?: Duration | Lambda<Duration | number>;
      /** `#parent`, `#RUN`, `machine` or `machine/instance`. */
      readonly target?: string | Lambda<string>;
    }
  /** Takes back what was sent under this id and has not arrived. */
  | { readonly kind: 'cancel'; readonly id: string | Lambda<string> };
