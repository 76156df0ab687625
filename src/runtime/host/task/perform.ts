import type { AttemptOutcome, AttemptRequest, TaskImplementation } from '../../../tasks/index.ts';
import type { TaskStep } from './step.ts';

/** Makes one attempt. */
export function perform(
  step: TaskStep,
  attempt: number,
  implementation: TaskImplementation,
): Promise<AttemptOutcome> {
  const { part, contract, asked, policy } = step;
  const { run, scope } = part;
  const { clock, logger, attempts } = run.context;
  const request: AttemptRequest = {
    implementation,
    contract,
    input: asked === null ? undefined : JSON.parse(asked),
    attempt,
    runId: run.id,
    step: step.path,
    idempotencyKey: step.key,
    signal: scope.signal,
    timeoutMs: policy.timeoutMs,
    clock,
    logger,
    ...(run.metadata === undefined ? {} : { metadata: run.metadata }),
  };
  return attempts.run(request, run);
}
