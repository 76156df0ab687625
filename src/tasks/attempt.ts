import type { Clock } from '../core/index.ts';
import type { AnyEvent, AnyTask } from '../flow/index.ts';
import { AttemptContext } from './context.ts';
import {
  NotImplementedError,
  TaskCancelledError,
  TaskHeartbeatError,
  TaskInputError,
  TaskOutputError,
  TaskTimeoutError,
  TotalTimeoutError,
  toTaskError,
  type AttemptIds,
  type TaskError,
} from './errors.ts';
import { watchdog, type Watchdog } from './heartbeat.ts';
import type { TaskImplementation } from './implement.ts';
import { checkValue, decodeJson, encodeJson } from './json.ts';
import type { Logger } from './logger.ts';
import { defaultTimeoutMs } from './policy.ts';
import type { AttemptServices } from './services.ts';
import type { WorldPort } from './world/world.ts';

/** One attempt, as an engine asks for it. */
export interface AttemptRequest {
  /** Absent: the attempt fails with MR3104. */
  readonly implementation: TaskImplementation | undefined;
  readonly contract: AnyTask;
  /** As written by the caller (or read back from its record), not yet parsed. */
  readonly input: unknown;
  /** Counts from 1. */
  readonly attempt: number;
  readonly runId: string;
  readonly step: string;
  readonly idempotencyKey: string;
  /** Somebody has taken back what the step gave and wants it anew: no answer that is kept for equal requests counts. */
  readonly again?: boolean;
  /** Cancels the attempt. */
  readonly signal?: AbortSignal;
  /** Default 30 s. Measured by the clock's wall time: an accelerated clock shortens waits, not work. */
  readonly timeoutMs?: number;
  /** When all attempts of the step must have ended, by the clock, and how long that was. */
  readonly total?: { readonly until: number; readonly ms: number };
  /** The longest silence, in ms of wall time: without a sign of life for so long the attempt fails. Default: any. */
  readonly heartbeatMs?: number;
  /** Where what outlives the attempt is kept. Absent: nothing does. */
  readonly services?: AttemptServices;
  /** What `fetch`, `fs`, `env` and `resource` of the context reach. Absent: they are refused with MR3154. */
  readonly world?: WorldPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** An event that the implementation published: to be appended in the transaction that records the result. */
export interface EmittedEvent {
  readonly event: AnyEvent;
  /** JSON text, already checked against the event's schema. */
  readonly payload: string | undefined;
}

/** How an attempt ended. A failed one publishes nothing. */
export type AttemptOutcome =
  | {
      readonly ok: true;
      /** What was returned, as JSON text: what an engine records. `undefined` for a task that gives nothing. */
      readonly output: string | undefined;
      /** The same through the output schema: what the flow sees, now and in every replay. */
      readonly value: unknown;
      readonly emitted: readonly EmittedEvent[];
      /** What proves it, as JSON text: an engine's part. */
      readonly evidence?: string;
    }
  | { readonly ok: false; readonly error: TaskError };

/**
 * Runs one attempt of one task. Never rejects: every failure is a TaskError that says whether another attempt may
 * help. The input is parsed before, the output after; a timeout or a cancelled signal ends the attempt at once, and
 * whatever the implementation still does then is ignored.
 *
 * @example
 * ```ts
 * import { systemClock } from 'millrace/core';
 * import { taskContract } from 'millrace/flow';
 * import { idempotencyKey, implement, runAttempt, silentLogger } from 'millrace/tasks';
 * import { z } from 'zod';
 *
 * const double = taskContract('double', { input: z.number(), output: z.number(), policy: {}, source: 'a.dsl.ts:1:1' });
 * const outcome = await runAttempt({
 *   contract: double,
 *   implementation: implement(double, (n) => n * 2),
 *   input: 21,
 *   attempt: 1,
 *   runId: 'run-1',
 *   step: 'answer',
 *   idempotencyKey: idempotencyKey('run-1', 'answer'),
 *   clock: systemClock(),
 *   logger: silentLogger,
 * });
 * if (outcome.ok) outcome.value; // 42
 * ```
 */
export async function runAttempt(request: AttemptRequest): Promise<AttemptOutcome> {
  const { contract, implementation, clock, signal } = request;
  const ids: AttemptIds = {
    task: contract.contract,
    runId: request.runId,
    step: request.step,
    attempt: request.attempt,
  };
  const fail = (error: TaskError): AttemptOutcome => ({ ok: false, error });
  if (implementation === undefined) return fail(new NotImplementedError(ids));
  if (signal?.aborted === true) return fail(new TaskCancelledError(ids, signal.reason));

  const { total } = request;
  if (total !== undefined && clock.now() >= total.until) return fail(new TotalTimeoutError(total.ms, ids));
  const input = checkValue(contract.input, request.input);
  if (!input.ok) return fail(new TaskInputError(input.problems, ids, input.cause));

  const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
  const wall = clock.wall ?? clock;
  const until = wall.now() + timeoutMs;
  // Most tasks never ask for their signal.
  let abort: AbortController | undefined;
  let reason: TaskError | undefined;
  const emitted: EmittedEvent[] = [];
  let over = false;
  let ends: (() => void)[] | undefined;
  let dog: Watchdog | undefined;
  let life: unknown;
  const context = new AttemptContext(request, {
    ids,
    signal: () => {
      if (abort === undefined) {
        abort = new AbortController();
        if (reason !== undefined) abort.abort(reason);
      }
      return abort.signal;
    },
    emitted,
    over: () => over,
    beat: (details) => {
      life = details ?? life;
      dog?.beat();
    },
    remainingMs: () => (over ? 0 : Math.max(0, Math.min(until - wall.now(), (total?.until ?? Infinity) - clock.now()))),
    onEnd: (work) => void (ends ??= []).push(work),
  });

  return new Promise<AttemptOutcome>((resolve) => {
    const end = (outcome: AttemptOutcome): void => {
      if (over) return;
      over = true;
      stopTimer();
      stopTotal?.();
      dog?.stop();
      for (const work of ends ?? []) work();
      signal?.removeEventListener('abort', cancel);
      resolve(outcome);
    };
    const stop = (error: TaskError): void => {
      if (over) return;
      reason = error;
      end(fail(error));
      abort?.abort(error);
    };
    const cancel = (): void => stop(new TaskCancelledError(ids, signal?.reason));
    const stopTimer = wall.at(until, () => stop(new TaskTimeoutError(timeoutMs, ids)));
    const stopTotal = total && clock.at(total.until, () => stop(new TotalTimeoutError(total.ms, ids)));
    const { heartbeatMs } = request;
    if (heartbeatMs !== undefined)
      dog = watchdog(wall, heartbeatMs, () => stop(new TaskHeartbeatError(heartbeatMs, life, ids)));
    signal?.addEventListener('abort', cancel, { once: true });
    // In a promise of its own, so that a synchronous implementation may throw, too.
    new Promise((done) => done(implementation.run(input.value, context))).then(
      (returned) => end(outcomeOf(returned, contract, emitted, ids)),
      (thrown: unknown) => end(fail(toTaskError(thrown, ids))),
    );
  });
}

function outcomeOf(
  returned: unknown,
  contract: AnyTask,
  emitted: readonly EmittedEvent[],
  ids: AttemptIds,
): AttemptOutcome {
  const encoded = encodeJson(returned);
  if (!encoded.ok) return { ok: false, error: new TaskOutputError(encoded.problems, ids, encoded.cause) };
  const value = decodeJson(contract.output, encoded.value);
  if (!value.ok) return { ok: false, error: new TaskOutputError(value.problems, ids, value.cause) };
  return { ok: true, output: encoded.value, value: value.value, emitted };
}
