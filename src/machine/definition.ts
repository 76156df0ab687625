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
  readonly history?: 'shallow' | 'deep';
  readonly states: readonly StateDefinition[];
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
  /** A list that is absent counts as empty. */
  | {
      readonly kind: 'forEach';
      readonly over: Lambda<readonly unknown[] | undefined>;
      readonly actions: readonly ActionDefinition[];
    }
  /** Sends the machine an event, later when there is a delay. */
  | {
      readonly kind: 'send';
      readonly call: CallDefinition;
      readonly id?: string;
      readonly delay?: Duration | Lambda<Duration | number>;
    }
  | { readonly kind: 'cancel'; readonly id: string | Lambda<string> };
