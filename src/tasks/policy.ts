import { hash } from 'node:crypto';
import { milliseconds, type Duration } from '../core/index.ts';
import type { RetryPolicy, TaskPolicy } from '../flow/index.ts';

/** How long one attempt may take when neither the task nor the step says so. */
export const defaultTimeoutMs = 30_000;

/** What holds for the attempts of one step: the task's policy with the step's own settings over it. */
export interface StepPolicy {
  /** All tries, the first included. */
  readonly attempts: number;
  readonly timeoutMs: number;
  /** Of all tries and the waits between them; undefined for any time. */
  readonly totalMs: number | undefined;
  /** The longest silence of an attempt; undefined for any. */
  readonly heartbeatMs: number | undefined;
  readonly retry: Partial<RetryPolicy>;
}

/**
 * Resolves the policy of a step.
 *
 * Without a declared `retry` a task is tried once: repeating an effect is the author's decision. A declared `retry`
 * that leaves things out means 4 attempts (3 retries), 1 s before the first retry, doubling each time.
 *
 * @throws MillraceError MR3002 when a duration cannot be read.
 */
export function stepPolicy(
  task: TaskPolicy,
  step: { readonly retry?: Partial<RetryPolicy>; readonly timeout?: Duration } = {},
): StepPolicy {
  const declared = task.retry !== undefined || step.retry !== undefined;
  const retry: Partial<RetryPolicy> = { ...task.retry, ...step.retry };
  const timeout = step.timeout ?? task.timeout;
  return {
    attempts: declared ? (retry.attempts ?? 4) : 1,
    timeoutMs: timeout === undefined ? defaultTimeoutMs : milliseconds(timeout),
    totalMs: task.totalTimeout === undefined ? undefined : milliseconds(task.totalTimeout),
    heartbeatMs: task.heartbeat === undefined ? undefined : milliseconds(task.heartbeat),
    retry,
  };
}

/**
 * How long to wait, in ms, after `failedAttempts` (from 1) tries have failed. Defaults: exponential with factor 2,
 * from 1 s, at most 1 h (or `delay`, if that is longer). With `jitter` the wait is between a half and all of that.
 *
 * @example
 * ```ts
 * import { retryDelay } from 'millrace/tasks';
 *
 * retryDelay({ attempts: 5, delay: '2s', maxDelay: '1m' }, 3); // 8000
 * ```
 */
export function retryDelay(
  policy: Partial<RetryPolicy>,
  failedAttempts: number,
  random: () => number = () => 1,
): number {
  const delay = milliseconds(policy.delay ?? '1s');
  const cap = policy.maxDelay === undefined ? Math.max(delay, 3_600_000) : milliseconds(policy.maxDelay);
  const wait = Math.min(cap, grown(delay, policy.backoff ?? 'exponential', Math.max(1, failedAttempts)));
  return Math.round(policy.jitter === true ? wait * (0.5 + random() / 2) : wait);
}

function grown(delay: number, backoff: NonNullable<RetryPolicy['backoff']>, failed: number): number {
  switch (backoff) {
    case 'fixed':
      return delay;
    case 'linear':
      return delay * failed;
    case 'exponential':
      // The power may be infinite, and nothing times infinity is no number.
      return delay === 0 ? 0 : delay * 2 ** (failed - 1);
  }
}

/**
 * The key under which the effect of a step happens once: the same for all its attempts, another for every run, step
 * and epoch (which rises when a person edits a retry). 64 hex digits.
 */
export function idempotencyKey(runId: string, step: string, epoch = 0): string {
  return hash('sha256', JSON.stringify([runId, step, epoch]), 'hex');
}
