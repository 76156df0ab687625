import type { Duration } from '../core/index.ts';
import type { AnyTask, Call, Parsed, Schema, Written } from '../flow/index.ts';
import type { Logger } from './logger.ts';
import type { OnceCall, ToolCall } from './services.ts';
import type { TaskWorld } from './world/world.ts';

/** What an implementation gets beside its input. */
export interface TaskContext extends TaskWorld {
  /** Aborts when the attempt times out or the run is cancelled. Pass it on: `fetch(url, { signal })`. */
  readonly signal: AbortSignal;
  /** Stays the same over all attempts of one step: give it to the outside world to make the effect happen once. */
  readonly idempotencyKey: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Somebody has taken back what the step gave and wants it anew (`retry`): what is kept for equal requests is no answer. */
  readonly again: boolean;
  readonly runId: string;
  /** The path of the step in its run, such as `prepared/stock/held[3]/line`. */
  readonly step: string;
  readonly logger: Logger;
  /** Publishes an event durably, together with the result of the step. */
  readonly emit: (call: Call<void>) => void;
  /**
   * A sign of life. A task with a declared `heartbeat` is given up when none comes for so long; `details` are in that
   * error. To keep something use `checkpoint`, which is a sign of life, too.
   */
  readonly heartbeat: (details?: unknown) => void;
  /**
   * Saves how far the work has come: JSON, which the next attempt finds in `state`, also after a crash. Resolves when it
   * is durable. It goes with the completion of the step.
   *
   * @throws CheckpointError MR3134 when it could not be saved; AttemptOverError MR3133 when the attempt has ended.
   */
  readonly checkpoint: (state: unknown) => Promise<void>;
  /**
   * Saves what `state` gives each time that so much real time has passed, until the attempt ends or the function that it
   * gives is called. A save that fails is logged, and the next one comes.
   */
  readonly checkpointEvery: (interval: Duration, state: () => unknown) => () => void;
  /** What was saved last, by this attempt or an earlier one of this step. */
  readonly state: unknown;
  /**
   * Runs a tool, or gives the result that it had in an earlier attempt of this step for the same arguments, with
   * `replayed: true`. Only good results are given again, unless asked otherwise.
   */
  readonly tool: ToolCall;
  /** Does something once for a key, whoever asks for it: other steps, runs and processes get the same result. */
  readonly once: OnceCall;
  /** What is left of this attempt's time, in ms: the shorter of its `timeout` and of the `totalTimeout`. 0 when it is over. */
  readonly remainingMs: () => number;
  /** The time by the clock of the engine, in ms since 1970. */
  readonly now: () => number;
  /** A new UUID. The n-th one that a step asks for is the same in each of its attempts. */
  readonly newId: () => string;
  /** Whatever the caller of the run attached. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * The code behind a task's contract. What it returns is checked against the contract's output. Conditional, so that
 * the result is checked against a type that is known by then: `x ? 'low' : 'high'` stays two literals.
 */
export type TaskFunction<T extends AnyTask> = T extends {
  readonly input: infer In extends Schema;
  readonly output: infer Out extends Schema;
}
  ? (input: Parsed<In>, context: TaskContext) => Written<Out> | Promise<Written<Out>>
  : never;

/** A contract with its code: the default export of a task module. */
export interface TaskImplementation<T extends AnyTask = AnyTask> {
  readonly kind: 'implementation';
  readonly contract: T;
  readonly run: TaskFunction<T>;
}

/**
 * Binds code to a task's contract.
 *
 * @example
 * ```ts
 * import { implement } from 'millrace/tasks';
 * import { taskContract } from 'millrace/flow';
 * import { z } from 'zod';
 *
 * // In a project the contract comes from the generated `contracts.ts`.
 * const greet = taskContract('greet', { input: z.string(), output: z.string(), policy: {}, source: 'hello.dsl.ts:3:1' });
 * export default implement(greet, (name) => `Hello, ${name}!`);
 * ```
 */
export function implement<T extends AnyTask>(contract: T, run: TaskFunction<T>): TaskImplementation<T> {
  return Object.freeze({ kind: 'implementation', contract, run });
}
