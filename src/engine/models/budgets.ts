import type { BudgetLimit } from '../../llm/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';

/** The limits that a system declares. Whoever keeps the books checks them. */
export function limitsOf({ budget }: Pick<BoundSystem, 'budget'>): readonly BudgetLimit[] {
  if (budget === undefined) return [];
  const each = (['run', 'day', 'total'] as const).flatMap((scope): BudgetLimit[] => {
    const limit = budget[scope];
    return limit === undefined ? [] : [{ scope, limit }];
  });
  const named = (scope: 'task' | 'model', limits: Readonly<Record<string, string>> = {}): BudgetLimit[] =>
    Object.entries(limits).map(([of, limit]) => ({ scope, of, limit }));
  return [...each, ...named('task', budget.tasks), ...named('model', budget.models)];
}
