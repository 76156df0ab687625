import { addMoney, type Models, type Money, type Usage } from '../../llm/index.ts';
import { noTokens, sumUsage } from '../../llm/usage/sum.ts';

/** Counts what a generation uses. */
export interface Spending {
  readonly usage: Usage;
  /** `undefined`: the price of something is not known, or nothing was asked. */
  readonly cost: Money | undefined;
  readonly calls: number;
  add(used: { readonly usage?: Usage | undefined; readonly cost?: Money | undefined; readonly calls: number }): void;
}

export function openSpending(): Spending {
  let usage: Usage = noTokens;
  let cost: Money | undefined;
  let known = true;
  let calls = 0;
  return {
    get usage() {
      return usage;
    },
    get calls() {
      return calls;
    },
    get cost() {
      return known ? cost : undefined;
    },
    add(used) {
      calls += used.calls;
      if (used.usage !== undefined) usage = sumUsage(usage, used.usage);
      if (used.cost !== undefined) cost = cost === undefined ? used.cost : addMoney(cost, used.cost);
      else if ((used.usage?.total ?? 0) > 0) known = false;
    },
  };
}

/**
 * The same models, of which one generation may not spend more than so much (it is set aside before each call), and whose
 * calls it hears of: also of those that gave no answer, which cost all the same.
 */
export function watched(models: Models, run: string, maxCost: string | undefined, heard: Spending): Models {
  return models.keptIn({
    ...(maxCost === undefined ? {} : { budgets: [{ scope: 'run', of: run, limit: maxCost }] }),
    told: (event) => {
      if (event.type !== 'call.ended' || event.run !== run) return;
      const { usage, cost, failed } = event;
      heard.add({ usage, cost, calls: failed !== undefined && usage === undefined ? 0 : 1 });
    },
  });
}
