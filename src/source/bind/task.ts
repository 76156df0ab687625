import type { EvidencePack, Schema, TaskPolicy } from '../../flow/index.ts';
import type { TaskNode } from '../../model/index.ts';

/** What the execution of the source gives for a task. */
export interface LiveTask {
  readonly input: Schema;
  readonly output: Schema;
  readonly evidence?: EvidencePack<never>['claims'];
}

/** How the attempts of a task are made. */
export function policyOf({ retry, timeout, totalTimeout, heartbeat, cache, idempotent }: TaskNode): TaskPolicy {
  return {
    ...(retry && { retry }),
    ...(timeout && { timeout }),
    ...(totalTimeout && { totalTimeout }),
    ...(heartbeat && { heartbeat }),
    ...(cache && { cache }),
    ...(idempotent === undefined ? {} : { idempotent }),
  };
}

/** The claims of a task with their lambdas. */
export function evidenceOf(
  { evidenceRule }: TaskNode,
  { evidence }: LiveTask,
): { readonly evidence?: EvidencePack<never> } {
  return evidence === undefined ? {} : { evidence: { claims: evidence, ...evidenceRule } };
}
