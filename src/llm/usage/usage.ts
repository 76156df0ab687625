import type { Usage } from '../contract.ts';
import { addMoney, type Money } from '../money/money.ts';

/** One call that has ended, with what it used. */
export interface UsageRecord {
  /** Its own name among all calls: recorded twice, it counts once. */
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly task?: string;
  readonly run?: string;
  /** The path of the step in its run. */
  readonly step?: string;
  /** Who asked, by the name of its declaration. */
  readonly agent?: string;
  readonly usage: Usage;
  /** Left out when the price is not known. */
  readonly cost?: Money;
}

/** Tokens and money of some calls. */
export interface UsageTotals {
  readonly calls: number;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** input + output. */
  readonly total: number;
  /** What they have cost, one amount for each currency, sorted. */
  readonly cost: readonly Money[];
  /** How many of them have a price that is not known: `cost` is without them. */
  readonly unpriced: number;
}

/** What was used, in all and for each task, model and run that has a name. */
export interface UsageSnapshot {
  readonly all: UsageTotals;
  readonly tasks: Readonly<Record<string, UsageTotals>>;
  readonly models: Readonly<Record<string, UsageTotals>>;
  readonly runs: Readonly<Record<string, UsageTotals>>;
}

/** Where usage is kept. */
export interface UsageStore {
  /** Adds a call. False when its id was there already: then nothing is added. */
  add(record: UsageRecord): boolean | Promise<boolean>;
  snapshot(): UsageSnapshot | Promise<UsageSnapshot>;
}

/** No calls yet. */
export const noUsage: UsageTotals = Object.freeze({
  calls: 0,
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  total: 0,
  cost: Object.freeze([]),
  unpriced: 0,
});

/** The totals with one more call. @throws MillraceError MR4072 for a cost that cannot be kept exactly. */
export function addUsage(totals: UsageTotals, { usage, cost }: Pick<UsageRecord, 'usage' | 'cost'>): UsageTotals {
  return {
    calls: totals.calls + 1,
    input: totals.input + usage.input,
    output: totals.output + usage.output,
    cacheRead: totals.cacheRead + usage.cacheRead,
    cacheWrite: totals.cacheWrite + usage.cacheWrite,
    total: totals.total + usage.input + usage.output,
    cost: cost === undefined ? totals.cost : added(totals.cost, cost),
    unpriced: totals.unpriced + (cost === undefined ? 1 : 0),
  };
}

function added(costs: readonly Money[], cost: Money): readonly Money[] {
  const index = costs.findIndex(({ currency }) => currency === cost.currency);
  const present = costs[index];
  if (present !== undefined) return costs.with(index, addMoney(present, cost));
  return [...costs, cost].sort((first, second) => (first.currency < second.currency ? -1 : 1));
}

/**
 * Usage in memory: for one process, and as long as it lives.
 *
 * @example
 * ```ts
 * import { memoryUsageStore } from 'millrace/llm';
 *
 * const store = memoryUsageStore();
 * const usage = { input: 900, output: 100, cacheRead: 0, cacheWrite: 0, total: 1_000 };
 * await store.add({ id: 'call-1', provider: 'openai', model: 'gpt-6-luna', task: 'summarise', run: 'run-1', usage });
 * (await store.snapshot()).models['gpt-6-luna']?.total; // 1_000
 * ```
 */
export function memoryUsageStore(): UsageStore {
  const seen = new Set<string>();
  let all = noUsage;
  const by = {
    task: new Map<string, UsageTotals>(),
    model: new Map<string, UsageTotals>(),
    run: new Map<string, UsageTotals>(),
  };
  return {
    add(record) {
      if (seen.has(record.id)) return false;
      const changes = (['task', 'model', 'run'] as const).flatMap((kind) => {
        const name = record[kind];
        return name === undefined ? [] : [{ kind, name, totals: addUsage(by[kind].get(name) ?? noUsage, record) }];
      });
      all = addUsage(all, record);
      for (const { kind, name, totals } of changes) by[kind].set(name, totals);
      seen.add(record.id);
      return true;
    },
    snapshot: () => ({ all, tasks: sorted(by.task), models: sorted(by.model), runs: sorted(by.run) }),
  };
}

const sorted = (totals: ReadonlyMap<string, UsageTotals>): Readonly<Record<string, UsageTotals>> =>
  Object.fromEntries([...totals].sort(([first], [second]) => (first < second ? -1 : 1)));
