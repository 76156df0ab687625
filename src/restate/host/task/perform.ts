import { proven } from '../../../engine/index.ts';
import {
  idempotencyKey,
  runAttempt,
  type AttemptOutcome,
  type AttemptRequest,
  type TaskImplementation,
} from '../../../tasks/index.ts';
import { attemptServices, cached, type KeptServices } from '../../effects/index.ts';
import { LazyServices } from './lazy-services.ts';
import type { TaskStep } from './step.ts';
import type { Try } from './try.ts';

/** What came of an attempt, and whether it has kept something that later ones can find. */
export interface Performed {
  readonly outcome: AttemptOutcome;
  readonly kept: boolean;
}

/** Makes an attempt, or takes a result that is kept for its task. `since`: when the first one began. */
export async function perform(
  step: TaskStep,
  { attempt, kept, again }: Try,
  implementation: TaskImplementation | undefined,
  since: number,
  signal: AbortSignal,
): Promise<Performed> {
  const { part, path, contract, policy, input } = step;
  const { run } = part;
  const { place, asks } = run;
  const { clock, logger, outside, world } = place;
  let key: string | undefined;
  // Hashed for those that look at it.
  const keyOf = (): string => (key ??= idempotencyKey(run.invocation, path));
  const parsed = (): unknown => (input === undefined ? undefined : JSON.parse(input));
  let services: KeptServices | undefined;
  const lazy = new LazyServices(() => attemptServices(place, effect, keyOf(), input ?? null, false) as KeptServices);
  const { root } = asks;
  const effect = { run: run.id, path, task: contract.contract, ...(root === undefined ? {} : { root }) };

  const once = async (): Promise<AttemptOutcome> => {
    // A model's attempt tells where it stands even if it keeps nothing.
    if (kept !== undefined || again || contract.model !== undefined)
      services = await attemptServices(place, effect, keyOf(), input ?? null, kept !== undefined || again);
    const request: AttemptRequest = {
      implementation,
      contract,
      input: parsed(),
      attempt,
      runId: run.id,
      step: path,
      get idempotencyKey() {
        return keyOf();
      },
      ...(run.anew ? { again: true } : {}),
      signal,
      timeoutMs: policy.timeoutMs,
      services: services ?? lazy,
      world: outside,
      ...(policy.heartbeatMs === undefined ? {} : { heartbeatMs: policy.heartbeatMs }),
      ...(policy.totalMs === undefined ? {} : { total: { until: since + policy.totalMs, ms: policy.totalMs } }),
      clock,
      logger,
      ...(asks.metadata === undefined ? {} : { metadata: asks.metadata }),
    };
    const outcome = await runAttempt(request);
    return contract.evidence === undefined ? outcome : prove(outcome);
  };
  const prove = (outcome: AttemptOutcome): Promise<AttemptOutcome> =>
    proven(outcome, {
      contract,
      input: parsed(),
      ids: { task: contract.contract, runId: run.id, step: path, attempt },
      world,
      patience: { ms: policy.timeoutMs, clock, signal },
      distrust: () => (services ?? lazy.made)?.distrust(),
    });
  const outcome =
    contract.policy.cache === undefined
      ? await once()
      : await cached(place, {
          contract,
          asked: input ?? null,
          anew: run.anew,
          signal,
          ...(contract.evidence === undefined ? {} : { prove }),
          perform: once,
        });
  return { outcome, kept: (services ?? lazy.made)?.kept === true };
}
