import type { Clock } from '../../core/index.ts';
import { waitUntil } from '../../core/wait-until.ts';
import { runAttempt, type AttemptOutcome } from '../attempt.ts';
import { NotImplementedError, TaskCancelledError } from '../errors.ts';
import type { TaskImplementation } from '../implement.ts';
import { silentLogger, type Logger } from '../logger.ts';
import { retryDelay, stepPolicy } from '../policy.ts';
import type { Toolbox, ToolRun } from './toolbox.ts';

/** What a toolbox without an engine is made of. */
export interface ToolboxOptions {
  readonly implementations: readonly TaskImplementation[];
  readonly clock: Clock;
  readonly logger?: Logger;
}

/**
 * Runs the tools of a model in this process, with the retries and timeouts of their contracts, and keeps nothing: for
 * tests and scripts. An engine has its own, with limits over all runs and a ledger.
 *
 * @example
 * ```ts
 * import { systemClock } from 'millrace/core';
 * import { taskContract } from 'millrace/flow';
 * import { implement, toolboxOf } from 'millrace/tasks';
 * import { z } from 'zod';
 *
 * const search = taskContract('search', { input: z.string(), output: z.string(), policy: {}, source: 'a.dsl.ts:1:1' });
 * const toolbox = toolboxOf({ implementations: [implement(search, (text) => `About ${text}.`)], clock: systemClock() });
 * ```
 */
export function toolboxOf({ implementations, clock, logger = silentLogger }: ToolboxOptions): Toolbox {
  const byName = new Map(implementations.map((one) => [one.contract.contract, one]));
  return {
    find: (name) => byName.get(name)?.contract,
    run: (run) => attempts(run, byName.get(run.contract.contract), clock, logger),
  };
}

async function attempts(
  run: ToolRun,
  implementation: TaskImplementation | undefined,
  clock: Clock,
  logger: Logger,
): Promise<AttemptOutcome> {
  const { contract, input, idempotencyKey, place, asking, again = false, signal } = run;
  const policy = stepPolicy(contract.policy);
  const ids = { task: contract.contract };
  if (implementation === undefined) return { ok: false, error: new NotImplementedError(ids) };
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await runAttempt({
      contract,
      implementation,
      input,
      attempt,
      runId: asking.runId ?? '',
      step: `${asking.step ?? ''}/${place}`,
      idempotencyKey,
      again,
      signal,
      timeoutMs: policy.timeoutMs,
      clock,
      logger,
    });
    if (outcome.ok || !outcome.error.retryable || attempt >= policy.attempts) return outcome;
    await waitUntil(clock, clock.now() + retryDelay(policy.retry, attempt), signal);
    if (signal.aborted) return { ok: false, error: new TaskCancelledError(ids, signal.reason) };
  }
}
