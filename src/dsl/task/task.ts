import type { Duration } from '../../core/index.ts';
import type { RateLimit, RetryPolicy } from '../../model/index.ts';
import type { Agent } from '../agent.ts';
import { callable, type Call } from '../call.ts';
import type { Common } from '../common.ts';
import type { Ref } from '../ref.ts';
import type { Resource } from '../resource.ts';
import type { Argument, Parsed, Schema, Written } from '../schema.ts';
import type { Evidence } from './evidence.ts';
import { liveTask } from './live.ts';

/** Any task. */
export type TaskRef = Ref<'task'>;

/** A contract for one unit of side-effecting work. Calling it makes a request for a step. */
export interface Task<
  Name extends string = string,
  In extends Schema = Schema,
  Out extends Schema = Schema,
> extends Ref<'task', Written<In>, Parsed<Out>> {
  readonly name: Name;
  readonly input: In;
  readonly output: Out;
  (...input: Argument<In>): Call<Parsed<Out>, 'task'>;
}

/** How a task is run. */
export interface TaskPolicy {
  /** Without it a task is tried once. */
  readonly retry?: RetryPolicy;
  /** Of one attempt. Default 30s; 5m when a model performs it. */
  readonly timeout?: Duration;
  /** Of all attempts of a step and the waits between them, also over restarts. Default: any. */
  readonly totalTimeout?: Duration;
  /** An attempt that is silent for so long (see `heartbeat()` of its context) is given up. Default: any silence. */
  readonly heartbeat?: Duration;
  /** So many attempts at a time, over all runs; others wait for their turn. Default: any number. */
  readonly concurrency?: number;
  /** So many attempts may wait for their turn; one more fails with MR3121. Default: any number. */
  readonly queue?: number;
  /** At most `limit` attempts begin in each span of `per`; of several limits all hold. */
  readonly rateLimit?: RateLimit | readonly RateLimit[];
  /** Of attempts that wait for their turn, those of tasks with a higher one begin first. Default 0. */
  readonly priority?: number;
  /** Makes no attempt for a while when too many have failed. */
  readonly breaker?: Breaker;
  /** True when doing it twice is the same as doing it once. */
  readonly idempotent?: boolean;
  /** Gives the earlier result for the same input while it is younger than `ttl`. */
  readonly cache?: { readonly ttl: Duration };
  /** The codes or names of the errors that it may fail with. */
  readonly errors?: readonly string[];
  /** What of the world it may touch. */
  readonly needs?: Needs;
}

/**
 * After `failures` failures (in a row, or with `per` within that time) attempts are refused with MR3120 for `reset`;
 * then one is let through at a time, until `halfOpen` (1) of them have succeeded. With `rate`, only when that share of
 * what ended within `per` has failed. A failure that may not be retried counts as an answer: the service works.
 */
export type Breaker = {
  readonly failures: number;
  readonly reset: Duration;
  readonly halfOpen?: number;
} & ({ readonly per?: Duration; readonly rate?: never } | { readonly per: Duration; readonly rate: number });

/** What of the world a task may touch: hosts, path patterns, names of environment variables, resources. */
interface Needs {
  readonly net?: readonly string[];
  readonly fs?: readonly string[];
  readonly env?: readonly string[];
  readonly resources?: readonly Resource[];
}

/** An input and what it must give: a test, a document, and material for generation. */
export interface Example<In extends Schema, Out extends Schema> {
  readonly description?: string;
  readonly input: Written<In>;
  readonly output?: Written<Out>;
  /** The code or name of the error that it must fail with. */
  readonly error?: string;
}

/** The names of what a member of the input can be shown by: those of an object. */
type Member<In extends Schema> = Parsed<In> extends object ? Extract<keyof Parsed<In>, string> : never;

/** What a model is told beside its prompt, and how all of it is made to fit. */
export interface ContextPolicy<In extends Schema> {
  /** Members of the input that are told as data before the prompt, in this order: all of each, or as much as is said. */
  readonly show?: readonly (
    | Member<In>
    | {
        readonly member: Member<In>;
        /** All of it, its outline, only its hash, or some of its fields. Default `full`, and less when it does not fit. */
        readonly as?: 'full' | 'summary' | 'ref' | { readonly fields: readonly string[] };
        /** It has to be there in full: the task fails when there is no room. */
        readonly pinned?: boolean;
      }
  )[];
  /** Tells what the task gave earlier in the same run, too. Default false. */
  readonly memory?: boolean;
  /**
   * What is done with a conversation that is too long: it fails (`none`), the oldest turns go (`truncate`, the default),
   * a summary stands for them (`summarise`), or only the last messages are kept.
   */
  readonly strategy?: 'none' | 'truncate' | 'summarise' | { readonly keepLast: number };
  /** The most tokens of all that the model is told, where its window is larger. */
  readonly maxTokens?: number;
  /** How often the model may be asked, tools and the repair of its answer included. Default 10. */
  readonly maxTurns?: number;
}

/** Says that a model performs the task. */
export interface ModelTask<In extends Schema> {
  readonly agent: Agent;
  /** A template with `{{ topic }}` and `{{ order.lines }}` over the input, or a lambda that gives the prompt. */
  readonly prompt: string | ((scope: { readonly input: Parsed<In> }) => string);
  /** The tasks that the model may call, besides those of its agent. */
  readonly tools?: readonly TaskRef[];
  readonly context?: ContextPolicy<In>;
  /** The most tokens of one answer. Goes before that of the agent. */
  readonly maxTokens?: number;
}

/** What a claim of evidence can read. */
export interface EvidenceScope<In extends Schema, Out extends Schema> {
  readonly input: Parsed<In>;
  readonly output: Parsed<Out>;
}

/**
 * Declares a contract for one unit of work in the outside world. It is implemented in `tasks/<kebab-name>.ts`, or by
 * a model when it has `model`.
 *
 * @example
 * ```ts
 * import { task } from 'millrace';
 * import { z } from 'zod';
 *
 * export const chargeCard = task('chargeCard', {
 *   input: z.object({ orderId: z.string(), cents: z.int() }),
 *   output: z.object({ paymentId: z.string() }),
 *   retry: { attempts: 5, backoff: 'exponential', delay: '2s' },
 *   timeout: '30s',
 *   idempotent: true,
 * });
 * ```
 */
export function task<const Name extends string, In extends Schema, Out extends Schema>(
  name: Name,
  definition: {
    readonly input: In;
    readonly output: Out;
    readonly examples?: readonly Example<NoInfer<In>, NoInfer<Out>>[];
    /** What must be true of the world when the task has succeeded. */
    readonly evidence?: readonly Evidence<EvidenceScope<NoInfer<In>, NoInfer<Out>>>[];
    /** How many of the claims of `evidence` must hold. Default: all. */
    readonly evidenceRule?: { readonly atLeast: number };
    readonly model?: ModelTask<NoInfer<In>>;
  } & TaskPolicy &
    Common,
): Task<Name, In, Out> {
  return callable(liveTask(name, definition));
}
