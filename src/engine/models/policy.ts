import type { AnyTask, TaskPolicy } from '../../flow/index.ts';
import type { Registry } from '../registry.ts';

/** How long an attempt of a task that a model performs may take when it does not say so: a model takes its time. */
const modelTimeout = '5m';

/** The policy of a task. */
export function policyOf({ model, policy }: Pick<AnyTask, 'model' | 'policy'>): TaskPolicy {
  return model === undefined || policy.timeout !== undefined ? policy : { ...policy, timeout: modelTimeout };
}

/** May the model of a task call one with limits? These are kept by the process that drives the database alone. */
export function hasLimitedTools(registry: Registry, { contract, model }: AnyTask): boolean {
  if (model === undefined || !registry.isPerformed(contract)) return false;
  return (model.tools ?? []).some(({ task: name }) => {
    const tool = registry.task(name);
    if (tool === undefined) return false;
    const { concurrency, rateLimit, breaker } = tool.policy;
    return (
      concurrency !== undefined || rateLimit !== undefined || breaker !== undefined || hasLimitedTools(registry, tool)
    );
  });
}
