import type { Duration } from '../../core/index.ts';
import type { RetryPolicy } from '../../model/index.ts';
import type { EventRef, PayloadOf } from '../event/event.ts';
import type { Parsed, Schema } from '../schema.ts';

/** What happens when a step has failed for good: `'stop'` fails the flow (the default), `'continue'` goes on without a
 * value, a fallback goes on with another. */
export type OnFailure<Scope> = 'stop' | 'continue' | { readonly fallback: (scope: Scope) => unknown };

/** What a step says beyond its call. It overrides the policy of the task. */
export interface StepOptions<Failure> {
  readonly retry?: RetryPolicy;
  /** Of one attempt. */
  readonly timeout?: Duration;
  readonly onFailure?: Failure;
}

/**
 * The value of a step, given what happens when it fails. `Failure` is all of `OnFailure` when nothing was said: it has
 * no default, because a default would be the contextual type of a fallback and leave its scope untyped.
 */
export type Settled<Result, Failure> = 'stop' extends Failure
  ? Result
  : Failure extends 'continue'
    ? Result | undefined
    : Failure extends { readonly fallback: (scope: never) => infer Fallback }
      ? Result | Fallback
      : never;

export interface ParallelOptions {
  /** At most so many bodies at a time. Default: all. */
  readonly concurrency?: number;
}

export interface MapOptions {
  /** At most so many items at a time. Default 5. */
  readonly concurrency?: number;
}

export interface RepeatOptions<Scope> {
  /** Ends the rounds when it holds. `value` is what the round gave. */
  readonly until: (scope: Scope) => boolean;
  /** At most so many rounds. */
  readonly max: number;
  /** Between two rounds. */
  readonly delay?: Duration;
}

export interface WaitOptions<Scope, E extends EventRef, OnTimeout> {
  /** Fields of the payload and what they must equal. */
  readonly match?: { readonly [K in keyof PayloadOf<E>]?: (scope: Scope) => PayloadOf<E>[K] };
  readonly timeout?: Duration;
  /** A timeout fails the flow, or gives `undefined`. */
  readonly onTimeout?: OnTimeout;
}

export interface ApproveOptions<Scope, Form extends Schema, OnTimeout> {
  /** What the person fills in. */
  readonly form?: Form;
  /** What the person reads. */
  readonly message?: string | ((scope: Scope) => string);
  readonly timeout?: Duration;
  readonly onTimeout?: OnTimeout;
}

/** What a person decided. */
export type Approval<Form extends Schema> = Approved<Form> | Rejected<Form>;

interface Decided {
  /** Who decided. */
  readonly by: string;
  /** When, in ms since 1970. */
  readonly at: number;
}

interface Approved<Form extends Schema> extends Decided {
  readonly approved: true;
  /** What was filled in. */
  readonly form: Parsed<Form>;
}

interface Rejected<Form extends Schema> extends Decided {
  readonly approved: false;
  /** What was filled in, if anything was: a rejection needs no form. */
  readonly form: Parsed<Form> | undefined;
}

export type OnTimeout = 'fail' | 'continue';
export type Timed<Value, T> = T extends 'continue' ? Value | undefined : Value;
