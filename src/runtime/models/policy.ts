import type { AnyTask, TaskPolicy } from '../../flow/index.ts';

/** How long an attempt of a task that a model performs may take when it does not say so: a model takes its time. */
const modelTimeout = '5m';

/** The policy of a task. */
export function policyOf({ model, policy }: Pick<AnyTask, 'model' | 'policy'>): TaskPolicy {
  return model === undefined || policy.timeout !== undefined ? policy : { ...policy, timeout: modelTimeout };
}
