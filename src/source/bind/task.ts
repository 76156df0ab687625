import type { EvidencePack, Schema, TaskNeeds, TaskPolicy } from '../../flow/index.ts';
import type { SystemModel, TaskNode } from '../../model/index.ts';
import type { LiveModel } from './model.ts';

interface Scope {
  readonly input: unknown;
  readonly output: unknown;
}

/** What the execution of the source gives for a task. */
export interface LiveTask {
  readonly input: Schema;
  readonly output: Schema;
  readonly evidence?: EvidencePack<Scope>['claims'];
  readonly model?: LiveModel;
}

/** How the attempts of a task are made. */
export function policyOf(node: TaskNode): TaskPolicy {
  const { retry, timeout, totalTimeout, heartbeat, cache, idempotent } = node;
  const { concurrency, queue, rateLimit, priority, breaker } = node;
  return {
    ...(retry && { retry }),
    ...(timeout && { timeout }),
    ...(totalTimeout && { totalTimeout }),
    ...(heartbeat && { heartbeat }),
    ...(concurrency && { concurrency }),
    ...(queue === undefined ? {} : { queue }),
    ...(rateLimit && { rateLimit }),
    ...(priority === undefined ? {} : { priority }),
    ...(breaker && { breaker }),
    ...(cache && { cache }),
    ...(idempotent === undefined ? {} : { idempotent }),
  };
}

/** The claims of a task with their lambdas. */
export function evidenceOf(
  { evidenceRule }: TaskNode,
  { evidence }: LiveTask,
): { readonly evidence?: EvidencePack<Scope> } {
  return evidence === undefined ? {} : { evidence: { claims: evidence, ...evidenceRule } };
}

/** What a task may touch, its resources with what the system says of them. */
export function needsOf({ needs }: TaskNode, declared: SystemModel['resources']): { readonly needs?: TaskNeeds } {
  if (needs === undefined) return {};
  const { resources, ...rest } = needs;
  const found = resources?.flatMap((name) => {
    const node = declared[name];
    if (node === undefined) return [];
    const { type, env, options } = node;
    return [{ name, type, ...(env && { env }), ...(options && { options }) }];
  });
  return { needs: { ...rest, ...(found && { resources: found }) } };
}
