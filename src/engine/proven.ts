import type { Clock } from '../core/index.ts';
import type { AnyTask } from '../flow/index.ts';
import {
  checkValue,
  claimsOf,
  EvidenceError,
  TaskCancelledError,
  toTaskError,
  verify,
  type AttemptIds,
  type AttemptOutcome,
  type EvidenceResult,
  type EvidenceWorld,
} from '../tasks/index.ts';

/** What is to be proven, and how. */
interface Claimed {
  readonly contract: AnyTask;
  /** As it was asked for. */
  readonly input: unknown;
  readonly ids: AttemptIds;
  readonly world: EvidenceWorld;
  readonly patience: { readonly ms: number; readonly clock: Clock; readonly signal: AbortSignal };
  /** The world is not as the result says. */
  readonly distrust: () => void;
}

/**
 * Looks whether the world is as a result says; that may take as long as an attempt. A result that is not proven is a failed
 * attempt, and nothing that the step has kept is trusted any more.
 */
export async function proven(
  outcome: AttemptOutcome,
  { contract, input: asked, ids, world, patience, distrust }: Claimed,
): Promise<AttemptOutcome> {
  const { evidence } = contract;
  if (evidence === undefined || !outcome.ok) return outcome;
  const input = checkValue(contract.input, asked);
  const scope = { input: input.ok ? input.value : undefined, output: outcome.value };
  const { signal } = patience;
  let result: EvidenceResult;
  try {
    result = await verify(claimsOf(evidence, scope, world), evidence.atLeast, world, patience);
  } catch (error) {
    // It could not be looked at: that refutes nothing, and what the step has kept stays.
    return { ok: false, error: toTaskError(error, ids) };
  }
  if (signal.aborted) return { ok: false, error: new TaskCancelledError(ids, signal.reason) };
  if (result.ok) return { ...outcome, evidence: JSON.stringify(result) };
  distrust();
  return { ok: false, error: new EvidenceError(result, ids) };
}
