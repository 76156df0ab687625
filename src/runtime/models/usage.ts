import type { Money, UsageRecord, UsageStore, UsageTotals } from '../../llm/index.ts';
import type { Tables, UsageFilter, UsageKey, UsageRow, UsageSum } from '../../store/index.ts';
import type { LedgerPlace } from '../ledger/place.ts';
import { stepOf } from '../../engine/index.ts';

/** What calls have used, in the database. */
export function usageStore(place: LedgerPlace): UsageStore {
  const named = (by: UsageKey): Readonly<Record<string, UsageTotals>> =>
    Object.fromEntries(
      usageOf(place.tables, { by }).flatMap(({ name, ...totals }) => (name === null ? [] : [[name, totals]])),
    );
  return {
    add: (record) => place.write((tx) => tx.usage.add(rowOf(record, place.clock.now()))),
    snapshot: () => ({
      all: totalUsage(place.tables, {}),
      tasks: named('task'),
      models: named('model'),
      runs: named('run'),
    }),
  };
}

const none: UsageTotals = {
  calls: 0,
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  total: 0,
  cost: [],
  unpriced: 0,
};

const rowOf = ({ id, provider, model, task, agent, run, step, usage, cost }: UsageRecord, at: number): UsageRow => ({
  id,
  at,
  provider,
  model,
  task: task ?? null,
  agent: agent ?? null,
  run: run ?? null,
  step: step ?? null,
  input: usage.input,
  output: usage.output,
  cacheRead: usage.cacheRead,
  cacheWrite: usage.cacheWrite,
  estimated: usage.estimated === true,
  micros: cost?.micros ?? null,
  currency: cost?.currency ?? null,
});

/** What calls of models have used and cost together, and what they have in common. */
export interface UsageView extends UsageTotals {
  /** Such as the name of the task; null: calls without one. A day is one of UTC: `2026-11-21`. */
  readonly name: string | null;
}

/** Which calls, and by what they are added up; without `by` all of them together. */
export interface UsageQuery extends UsageFilter {
  readonly by?: UsageKey;
}

/** What calls have used, by names in their order. */
export function usageOf({ usage }: Pick<Tables, 'usage'>, { by, ...filter }: UsageQuery): UsageView[] {
  const views = new Map<string | null, UsageView>();
  for (const sum of usage.sums(by, filter)) views.set(sum.name, added(views.get(sum.name), sum));
  return [...views.values()];
}

/** What calls have used together. */
export function totalUsage(tables: Pick<Tables, 'usage'>, filter: UsageFilter): UsageTotals {
  const [all] = usageOf(tables, filter);
  return all === undefined ? none : totalsOf(all);
}

const totalsOf = ({ name: _name, ...totals }: UsageView): UsageTotals => totals;

/** What the calls of a run have used together; undefined when it made none. */
export function usageOfRun(tables: Pick<Tables, 'usage'>, run: string): UsageTotals | undefined {
  const [view] = usageOf(tables, { run });
  return view && totalsOf(view);
}

/** What the calls of a run have used, by the path of the step; those of tools belong to the step whose model called them. */
export function usageOfSteps({ usage }: Pick<Tables, 'usage'>, run: string): ReadonlyMap<string, UsageTotals> {
  const steps = new Map<string, UsageView>();
  for (const sum of usage.sums('step', { run })) {
    const step = stepOf(sum.name ?? '');
    steps.set(step, added(steps.get(step), { ...sum, name: step }));
  }
  return new Map([...steps].map(([step, view]) => [step, totalsOf(view)]));
}

function added(view: UsageView = { ...none, name: null }, sum: UsageSum): UsageView {
  const { name, currency, calls, input, output, micros } = sum;
  const cost = currency === null ? view.cost : more(view.cost, { micros, currency });
  return {
    name,
    calls: view.calls + calls,
    input: view.input + input,
    output: view.output + output,
    cacheRead: view.cacheRead + sum.cacheRead,
    cacheWrite: view.cacheWrite + sum.cacheWrite,
    total: view.total + input + output,
    cost,
    unpriced: view.unpriced + (currency === null ? calls : 0),
  };
}

function more(cost: readonly Money[], { micros, currency }: Money): readonly Money[] {
  const index = cost.findIndex((amount) => amount.currency === currency);
  const present = cost[index];
  return present === undefined
    ? [...cost, { micros, currency }]
    : cost.with(index, { micros: present.micros + micros, currency });
}
