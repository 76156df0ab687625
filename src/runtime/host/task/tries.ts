import { never, lacking, notAsked, notBefore } from '../../../engine/index.ts';
import { RecordedError, toErrorRecord, type ErrorRecord } from '../../../core/index.ts';
import { retryDelay, TotalTimeoutError } from '../../../tasks/index.ts';
import { halting } from '../../models/overrun.ts';
import type { Record } from '../records.ts';
import { setTimer } from '../timer.ts';
import { performCached } from './cache.ts';
import { cancel, complete, fail, type Made } from './ends.ts';
import { perform } from './perform.ts';
import type { TaskStep } from './step.ts';

/** Makes attempts until one succeeds or no other may follow, from where the journal has come to. */
export async function tries(step: TaskStep, record: Record | undefined): Promise<unknown> {
  const { part, path, contract, policy, options } = step;
  const { run, scope } = part;
  const { clock, registry, random, attempts } = run.context;
  const name = contract.contract;
  let attempt = (record?.tries ?? 0) + 1;
  if (record?.kind === 'retrying') {
    const { until } = JSON.parse(record.data ?? '') as { readonly until: number };
    // The timer may have rung before the crash, and the clock been set back since.
    run.enqueue((tx) => setTimer(tx, 'retry', run.id, path, until));
    await untilDue(step, until);
  }

  for (;;) {
    // Nothing is done in the world before the journal knows that it may have been.
    await run.committed();
    if (run.held) await run.released();
    if (scope.reason !== undefined) return cancel(step, attempt);
    const implementation = registry.implementations.get(name);
    if (implementation === undefined || contract.model !== undefined) {
      const lack = lacking(registry, contract, { runId: run.id, step: path });
      if (lack !== undefined) return run.block(lack);
    }
    if (implementation === undefined) return never();
    if (attempts.closed) return never();
    const make = contract.policy.cache === undefined ? perform : performCached;
    const outcome: Made | undefined = await make(step, attempt, implementation);
    if (run.dead) await run.committed();
    // Paused while it waited for its turn, or another step may have made the result.
    if (outcome === undefined) continue;
    if (outcome.ok) return complete(step, attempt, outcome);
    if (scope.reason !== undefined) return cancel(step, attempt);
    const error = toErrorRecord(outcome.error);
    const unasked = notAsked(contract, error, { runId: run.id, step: path });
    if (unasked !== undefined) return run.block(unasked);
    if (!error.retryable || attempt >= policy.attempts) throw halting(run, fail(step, attempt, error));
    const now = clock.now();
    const until = Math.max(now + retryDelay(policy.retry, attempt, random), notBefore(error, now));
    if (policy.totalMs !== undefined && until >= step.since + policy.totalMs)
      throw fail(step, attempt, tooLate(step, attempt, error));
    run.append(
      { kind: 'retrying', path, name, attempt, place: options.at, data: JSON.stringify({ error, until }) },
      (tx) => setTimer(tx, 'retry', run.id, path, until),
    );
    attempt++;
    await untilDue(step, until);
  }
}

async function untilDue({ part, path }: TaskStep, until: number): Promise<void> {
  const { run, scope } = part;
  if (scope.reason !== undefined || run.context.clock.now() >= until) return;
  run.working(-1);
  await run.wait(path, scope);
  run.working(1);
}

/** No other attempt could begin in time. */
function tooLate({ part, path, contract, policy }: TaskStep, attempt: number, last: ErrorRecord): ErrorRecord {
  const ids = { task: contract.contract, runId: part.run.id, step: path, attempt };
  return toErrorRecord(new TotalTimeoutError(policy.totalMs ?? 0, ids, new RecordedError(last)));
}
