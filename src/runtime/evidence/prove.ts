import {
  checkValue,
  claimsOf,
  EvidenceError,
  TaskCancelledError,
  toTaskError,
  verify,
  type AttemptOutcome,
  type EvidenceResult,
} from '../../tasks/index.ts';
import type { TaskStep } from '../host/task/step.ts';

/** Where the evidence of a step is recorded. */
export const evidenceOf = (path: string): string => `${path}/~evidence`;

/**
 * Looks whether the world is as a result says; that may take as long as an attempt. A result that is not proven is a failed attempt, and nothing that the
 * step has kept is trusted any more.
 */
export async function prove(step: TaskStep, attempt: number, outcome: AttemptOutcome): Promise<AttemptOutcome> {
  const { part, path, contract, asked, policy, services } = step;
  const { evidence } = contract;
  if (evidence === undefined || !outcome.ok) return outcome;
  const { world, clock } = part.run.context;
  const input = checkValue(contract.input, asked === null ? undefined : JSON.parse(asked));
  const scope = { input: input.ok ? input.value : undefined, output: outcome.value };
  const ids = { task: contract.contract, runId: part.run.id, step: path, attempt };
  const { signal } = part.scope;
  let result: EvidenceResult;
  try {
    const patience = { ms: policy.timeoutMs, clock, signal };
    result = await verify(claimsOf(evidence, scope, world), evidence.atLeast, world, patience);
  } catch (error) {
    // It could not be looked at: that refutes nothing, and what the step has kept stays.
    return { ok: false, error: toTaskError(error, ids) };
  }
  if (signal.aborted) return { ok: false, error: new TaskCancelledError(ids, signal.reason) };
  if (result.ok) return { ...outcome, evidence: JSON.stringify(result) };
  part.run.enqueue((tx) => services.distrust(tx));
  return { ok: false, error: new EvidenceError(result, ids) };
}
