import type { AttemptOutcome, AttemptRequest, TaskImplementation } from '../../../tasks/index.ts';
import { prove } from '../../evidence/prove.ts';
import { isAgain } from '../../rewind/again.ts';
import type { TaskStep } from './step.ts';

/** Makes one attempt when its turn has come. Undefined: the run was paused before. */
export function perform(
  step: TaskStep,
  attempt: number,
  implementation: TaskImplementation,
): Promise<AttemptOutcome | undefined> {
  const { part, contract, asked, policy } = step;
  const { run, scope } = part;
  const { clock, logger, attempts, outside } = run.context;
  const request: AttemptRequest = {
    implementation,
    contract,
    input: asked === null ? undefined : JSON.parse(asked),
    attempt,
    runId: run.id,
    step: step.path,
    idempotencyKey: step.key,
    ...(isAgain(run, step.path) ? { again: true } : {}),
    signal: scope.signal,
    timeoutMs: policy.timeoutMs,
    services: step.services,
    world: outside,
    ...(policy.heartbeatMs === undefined ? {} : { heartbeatMs: policy.heartbeatMs }),
    ...(policy.totalMs === undefined ? {} : { total: { until: step.since + policy.totalMs, ms: policy.totalMs } }),
    clock,
    logger,
    ...(run.metadata === undefined ? {} : { metadata: run.metadata }),
  };
  const settled = contract.evidence === undefined ? undefined : (given: AttemptOutcome) => prove(step, attempt, given);
  return attempts.run(request, run, settled);
}
