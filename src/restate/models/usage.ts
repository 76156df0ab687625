import type { ObjectContext, ObjectSharedContext } from '@restatedev/restate-sdk';
import type { Money, UsageRecord, UsageSnapshot, UsageStore, UsageTotals } from '../../llm/index.ts';
import type { Place } from '../contract.ts';
import { json } from '../json.ts';

/** What one call has used, as it is kept: by `call ID`, in the object of its run. JSON. */
export interface UsageEntry extends UsageRecord {
  /** When, by the clock of the system. */
  readonly at: number;
}

/** The object in which the calls of a run are, and the one in which all are added up. */
export const usageKey = (run?: string): string => (run === undefined ? 'calls' : `calls ${run}`);
export const totalsKey = 'usage';

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

/** The handlers of what was used. */
export function usageHandlers({ names }: Place) {
  return {
    /** Notes a call, once. */
    async used(ctx: ObjectContext, entry: UsageEntry): Promise<boolean> {
      const key = `call ${entry.id}`;
      if ((await ctx.get<UsageEntry>(key)) !== null) return false;
      ctx.set(key, entry);
      await ctx.genericCall<UsageEntry, void>({
        service: names.books,
        key: totalsKey,
        method: 'add',
        parameter: entry,
        inputSerde: json(),
        outputSerde: json(),
      });
      return true;
    },

    async add(ctx: ObjectContext, entry: UsageEntry): Promise<void> {
      const { task, model, run } = entry;
      const keys = ['all', `model ${model}`];
      if (task !== undefined) keys.push(`task ${task}`);
      if (run !== undefined) keys.push(`run ${run}`);
      for (const key of keys) ctx.set(key, added((await ctx.get<UsageTotals>(key)) ?? none, entry));
    },

    snapshot: async (ctx: ObjectContext | ObjectSharedContext): Promise<UsageSnapshot> => {
      const named = async (kind: string): Promise<Readonly<Record<string, UsageTotals>>> => {
        const found: [string, UsageTotals][] = [];
        for (const key of (await ctx.stateKeys()).toSorted()) {
          const totals = key.startsWith(kind) ? await ctx.get<UsageTotals>(key) : null;
          if (totals !== null) found.push([key.slice(kind.length), totals]);
        }
        return Object.fromEntries(found);
      };
      const all = (await ctx.get<UsageTotals>('all')) ?? none;
      return { all, tasks: await named('task '), models: await named('model '), runs: await named('run ') };
    },
  };
}

function added(totals: UsageTotals, { usage, cost }: UsageEntry): UsageTotals {
  return {
    calls: totals.calls + 1,
    input: totals.input + usage.input,
    output: totals.output + usage.output,
    cacheRead: totals.cacheRead + usage.cacheRead,
    cacheWrite: totals.cacheWrite + usage.cacheWrite,
    total: totals.total + usage.input + usage.output,
    cost: cost === undefined ? totals.cost : more(totals.cost, cost),
    unpriced: totals.unpriced + (cost === undefined ? 1 : 0),
  };
}

function more(costs: readonly Money[], cost: Money): readonly Money[] {
  const { micros, currency } = cost;
  const known = costs.find((one) => one.currency === currency)?.micros ?? 0;
  const others = costs.filter((one) => one.currency !== currency);
  return [...others, { micros: known + micros, currency }].sort((one, other) =>
    one.currency < other.currency ? -1 : 1,
  );
}

/** What calls have used, with all endpoints of the system. */
export function usageStore(place: Place): UsageStore {
  const { ingress, names, clock } = place;
  const call = (key: string, handler: string, body?: unknown): Promise<unknown> =>
    ingress.call({ service: names.books, key, handler, ...(body === undefined ? {} : { body }) });
  return {
    add: async (record) => {
      const entry: UsageEntry = { ...record, at: clock.now() };
      return (await call(usageKey(record.run), 'used', entry)) === true;
    },
    snapshot: async () => (await call(totalsKey, 'snapshot')) as UsageSnapshot,
  };
}
