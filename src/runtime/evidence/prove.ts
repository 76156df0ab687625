import { proven } from '../../engine/index.ts';
import type { TaskStep } from '../host/task/step.ts';
import type { AttemptOutcome } from '../../tasks/index.ts';

/** Where the evidence of a step is recorded. */
export const evidenceOf = (path: string): string => `${path}/~evidence`;

/**
 * Looks whether the world is as a result says; that may take as long as an attempt. A result that is not proven is a failed attempt, and nothing that the
 * step has kept is trusted any more.
 */
export async function prove(step: TaskStep, attempt: number, outcome: AttemptOutcome): Promise<AttemptOutcome> {
  const { part, path, contract, asked, policy, services } = step;
  const { world, clock } = part.run.context;
  return proven(outcome, {
    contract,
    input: asked === null ? undefined : JSON.parse(asked),
    ids: { task: contract.contract, runId: part.run.id, step: path, attempt },
    world,
    patience: { ms: policy.timeoutMs, clock, signal: part.scope.signal },
    distrust: () => part.run.enqueue((tx) => services.distrust(tx)),
  });
}
