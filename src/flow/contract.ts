import type { z } from 'zod';
import type { Duration } from '../core/index.ts';
import type { EvidencePack } from './evidence.ts';
import type { ModelSpec } from './model-task.ts';
import type { TaskNeeds } from './needs.ts';

export type Schema = z.ZodType;
/** What a caller writes, before defaults and transforms. */
export type Written<S extends Schema> = z.input<S>;
/** What a reader sees, after parsing. */
export type Parsed<S extends Schema> = z.output<S>;

/** A request to run or publish something, not the run itself. */
export interface Call<Result> {
  readonly contract: Contract;
  readonly input: unknown;
  /** Type only. */
  readonly '~result'?: Result;
}

/** How often and how fast a failed attempt is tried again. `attempts` counts all tries. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly backoff?: 'fixed' | 'linear' | 'exponential';
  readonly delay?: Duration;
  readonly maxDelay?: Duration;
  readonly jitter?: boolean;
}

/** At most `limit` starts in each span of `per`. */
export interface RateLimit {
  readonly limit: number;
  readonly per: Duration;
}

/** When the breaker of a task opens, so that no attempt is made for a while. */
export interface BreakerPolicy {
  /** So many failures open it: in a row, or, with `per`, within that time. */
  readonly failures: number;
  /** With `per`: only when at least this share of what ended has failed. Above 0, at most 1. */
  readonly rate?: number;
  readonly per?: Duration;
  /** How long it stays open before it lets a probe through. */
  readonly reset: Duration;
  /** So many probes, one after the other, must succeed before it closes. Default 1. */
  readonly halfOpen?: number;
}

/** The policy of one task; a step may override parts of it. */
export interface TaskPolicy {
  readonly retry?: RetryPolicy;
  /** Of one attempt. */
  readonly timeout?: Duration;
  /** So many attempts at a time, over all runs. */
  readonly concurrency?: number;
  /** So many attempts may wait for their turn. */
  readonly queue?: number;
  readonly rateLimit?: RateLimit | readonly RateLimit[];
  /** Among attempts that wait, higher goes first. Default 0. */
  readonly priority?: number;
  readonly breaker?: BreakerPolicy;
  /** Of all attempts and the waits between them. */
  readonly totalTimeout?: Duration;
  /** The longest silence of an attempt. */
  readonly heartbeat?: Duration;
  /** Gives the earlier result for the same input while it is younger. */
  readonly cache?: { readonly ttl: Duration };
  readonly idempotent?: boolean;
}

interface Named<Kind extends string, Name extends string> {
  readonly kind: Kind;
  /** The name of the definition. (`name` itself belongs to functions.) */
  readonly contract: Name;
  /** `file:line:column` of the declaration. */
  readonly source: string;
}

/** What a contract says, without the call: any task's contract is one of these. */
export interface AnyTask<
  Name extends string = string,
  In extends Schema = Schema,
  Out extends Schema = Schema,
> extends Named<'task', Name> {
  readonly input: In;
  readonly output: Out;
  readonly policy: TaskPolicy;
  /** What must be true of the world when it has succeeded. */
  readonly evidence?: EvidencePack<never>;
  /** A model performs it, unless an implementation is registered. */
  readonly model?: ModelSpec<never>;
  /** What it may touch. Absent: nothing of what its context gives. */
  readonly needs?: TaskNeeds;
}
export interface AnyEvent<Name extends string = string, Payload extends Schema = Schema> extends Named<'event', Name> {
  readonly payload: Payload;
  /** How long an event waits for a consumer. */
  readonly ttl: Duration;
}
export interface AnyFlow<
  Name extends string = string,
  In extends Schema = Schema,
  Out extends Schema = Schema,
> extends Named<'flow', Name> {
  readonly input: In;
  /** Absent: the result is not checked. */
  readonly output: Out | undefined;
}
export type Contract = AnyTask | AnyEvent | AnyFlow;

/** A void input may be left out. */
type Argument<In extends Schema> = undefined extends Written<In> ? [input?: Written<In>] : [input: Written<In>];

/** The live contract of a task: its schemas and policy. Calling it makes a request for a step. */
export interface TaskContract<Name extends string, In extends Schema, Out extends Schema> extends AnyTask<
  Name,
  In,
  Out
> {
  (...input: Argument<In>): Call<Parsed<Out>>;
}
/** The live contract of an event. Calling it makes a request to publish. */
export interface EventContract<Name extends string, Payload extends Schema> extends AnyEvent<Name, Payload> {
  (...payload: Argument<Payload>): Call<void>;
}
/** The live contract of a flow. Calling it makes a request for a child run. */
export interface FlowContract<Name extends string, In extends Schema, Out extends Schema> extends AnyFlow<
  Name,
  In,
  Out
> {
  (...input: Argument<In>): Call<Parsed<Out>>;
}

function callable(properties: object): never {
  const call = (input: unknown): Call<unknown> => ({ contract: call as never, input });
  return Object.freeze(Object.assign(call, properties)) as never;
}

/** Makes the contract of a task. Generated code calls it. */
export function taskContract<const Name extends string, In extends Schema, Out extends Schema>(
  name: Name,
  definition: Omit<AnyTask<Name, In, Out>, 'kind' | 'contract' | 'evidence' | 'model'> & {
    readonly evidence?: EvidencePack<{ readonly input: Parsed<NoInfer<In>>; readonly output: Parsed<NoInfer<Out>> }>;
    readonly model?: ModelSpec<{ readonly input: Parsed<NoInfer<In>> }>;
  },
): TaskContract<Name, In, Out> {
  const { model, policy } = definition;
  // A model takes its time, with tools more than a request.
  const own = model !== undefined && policy.timeout === undefined ? { policy: { ...policy, timeout: '5m' } } : {};
  return callable({ kind: 'task', contract: name, ...definition, ...own });
}

/** Makes the contract of an event. Generated code calls it. */
export function eventContract<const Name extends string, Payload extends Schema>(
  name: Name,
  definition: Omit<AnyEvent<Name, Payload>, 'kind' | 'contract'>,
): EventContract<Name, Payload> {
  return callable({ kind: 'event', contract: name, ...definition });
}

/** Makes the contract of a flow. Generated code calls it. */
export function flowContract<const Name extends string, In extends Schema, Out extends Schema = z.ZodUnknown>(
  name: Name,
  definition: { readonly input: In; readonly output?: Out; readonly source: string },
): FlowContract<Name, In, Out> {
  return callable({ kind: 'flow', contract: name, output: undefined, ...definition });
}
