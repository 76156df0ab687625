import type { ObjectContext, ObjectSharedContext } from '@restatedev/restate-sdk';
import type { BudgetAccount, BudgetReservation } from '../../llm/index.ts';
import type { Place } from '../contract.ts';
import { json } from '../json.ts';

/** The object in which the budgets of a system are. */
export const budgetKey = 'budget';

/** A row of the books, by `account NAME` or `call ID`, and of which version of the books it is. JSON. */
export interface BookRow {
  readonly version: number;
  readonly value: BudgetAccount | HeldReservation;
}

/** What is set aside, and by which process. */
export interface HeldReservation extends BudgetReservation {
  readonly holder: string;
}

/** What a transaction has read and changes. */
export interface CommitAsks {
  /** The rows that it has read, and their versions: 0, where there was none. */
  readonly reads: readonly (readonly [string, number])[];
  readonly writes: readonly (readonly [string, BookRow['value'] | null])[];
  /** The version of all, when it has read all. */
  readonly whole?: number;
  /** Until when the process is alive that sets something aside, in real time, and what time it is now. */
  readonly alive: AliveAsks;
}

/** It is done, and what it has written is of this version; or others were faster, and these are the rows now. */
export type CommitGives =
  | { readonly done: true; readonly version: number }
  | { readonly done: false; readonly rows: Readonly<Record<string, BookRow | null>> };

export interface AliveAsks {
  readonly holder: string;
  readonly wall: number;
  readonly leaseMs: number;
}

/** What a process has set aside: the ids of its calls, until when it is alive. One look at it is always on its way. */
interface Holder {
  readonly until: number;
  readonly calls: readonly string[];
}

const rowsOf = (ctx: ObjectContext | ObjectSharedContext, key: string): Promise<BookRow | null> =>
  ctx.get<BookRow>(key);
const holderKey = (name: string): string => `holder ${name}`;

/** The handlers of the books of budgets. */
export function bookHandlers({ names }: Place) {
  const lookAt = (ctx: ObjectContext, holder: string, until: number, delay: number): void =>
    void ctx.genericSend<{ readonly holder: string; readonly until: number }>({
      service: names.books,
      key: ctx.key,
      method: 'look',
      parameter: { holder, until },
      inputSerde: json(),
      delay: Math.max(1, Math.ceil(delay)),
    });

  /** Notes who has set something aside, or takes it out again. */
  async function hold(ctx: ObjectContext, { writes, alive }: CommitAsks, before: Map<string, BookRow | null>) {
    const changes = new Map<string, string[]>();
    const change = async (name: string, work: (calls: string[]) => void): Promise<void> => {
      const calls = changes.get(name) ?? [...((await ctx.get<Holder>(holderKey(name)))?.calls ?? [])];
      work(calls);
      changes.set(name, calls);
    };
    for (const [key, value] of writes) {
      if (!key.startsWith('call ')) continue;
      const row = before.has(key) ? before.get(key) : await rowsOf(ctx, key);
      const had = row?.value;
      if (had !== undefined && 'holder' in had)
        await change(had.holder, (calls) => void (calls.includes(had.id) && calls.splice(calls.indexOf(had.id), 1)));
      if (value !== null && 'holder' in value) await change(value.holder, (calls) => calls.push(value.id));
    }
    for (const [name, calls] of changes) {
      const known = await ctx.get<Holder>(holderKey(name));
      const until = name === alive.holder ? alive.wall + alive.leaseMs : (known?.until ?? alive.wall);
      ctx.set(holderKey(name), { until: Math.max(until, known?.until ?? 0), calls } satisfies Holder);
      if (known === null) lookAt(ctx, name, until, until - alive.wall);
    }
  }

  return {
    /** Changes the books, when they are as they were read. */
    async commit(ctx: ObjectContext, asks: CommitAsks): Promise<CommitGives> {
      const version = (await ctx.get<number>('version')) ?? 0;
      const rows = new Map<string, BookRow | null>();
      for (const [key] of asks.reads) rows.set(key, await rowsOf(ctx, key));
      const same = asks.reads.every(([key, known]) => (rows.get(key)?.version ?? 0) === known);
      if (!same || (asks.whole !== undefined && asks.whole !== version))
        return { done: false, rows: Object.fromEntries(rows) };
      if (asks.writes.length === 0) return { done: true, version };
      await hold(ctx, asks, rows);
      for (const [key, value] of asks.writes) {
        if (value === null) ctx.clear(key);
        else ctx.set(key, { version: version + 1, value } satisfies BookRow);
      }
      ctx.set('version', version + 1);
      return { done: true, version: version + 1 };
    },

    /** Whoever has set something aside is alive. */
    async alive(ctx: ObjectContext, { holder, wall, leaseMs }: AliveAsks): Promise<void> {
      const known = await ctx.get<Holder>(holderKey(holder));
      if (known !== null) ctx.set(holderKey(holder), { ...known, until: Math.max(known.until, wall + leaseMs) });
    },

    /**
     * Books what is set aside by a process of which nothing was heard for too long: whether its calls have cost something is
     * not known, so it counts as if they had.
     */
    async look(ctx: ObjectContext, { holder, until }: { readonly holder: string; readonly until: number }) {
      const known = await ctx.get<Holder>(holderKey(holder));
      if (known === null) return;
      if (known.until > until) return lookAt(ctx, holder, known.until, known.until - until);
      ctx.clear(holderKey(holder));
      const version = ((await ctx.get<number>('version')) ?? 0) + 1;
      const accounts = new Map<string, BudgetAccount>();
      for (const id of known.calls) {
        const row = await rowsOf(ctx, `call ${id}`);
        if (row === null || !('accounts' in row.value)) continue;
        const { micros, currency } = row.value;
        for (const name of row.value.accounts) {
          const kept = accounts.get(name) ?? (await rowsOf(ctx, `account ${name}`))?.value;
          const { spent, reserved } = kept !== undefined && 'spent' in kept ? kept : { spent: 0, reserved: micros };
          accounts.set(name, { currency, spent: spent + micros, reserved: reserved - micros });
        }
        ctx.clear(`call ${id}`);
      }
      for (const [name, value] of accounts) ctx.set(`account ${name}`, { version, value } satisfies BookRow);
      ctx.set('version', version);
    },

    /** All rows, and their version. */
    async all(ctx: ObjectContext): Promise<{ readonly version: number; readonly rows: Record<string, BookRow> }> {
      const rows: Record<string, BookRow> = {};
      for (const key of await ctx.stateKeys()) {
        const row = /^(?:account|call) /.test(key) ? await rowsOf(ctx, key) : null;
        if (row !== null) rows[key] = row;
      }
      return { version: (await ctx.get<number>('version')) ?? 0, rows };
    },
  };
}
