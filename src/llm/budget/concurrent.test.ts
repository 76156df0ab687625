import { expect, it } from 'vitest';
import { seededRandom } from '../../testing/random.ts';
import { ModelError } from '../errors.ts';
import { money } from '../money/money.ts';
import { Budget } from './budget.ts';
import { memoryBudgetStore, type BudgetBooks, type BudgetReservation, type BudgetStore } from './store.ts';

const limits = { run: 150_000, task: 500_000, model: 1_200_000, day: 2_500_000 } as const;
type Scope = keyof typeof limits;
const limitOf = (account: string): number => limits[account.split(' ')[0] as Scope];

/**
 * A store that answers late, in an order from the seed, and checks after every transaction what must never be: an
 * account in which more is reserved than there is. It keeps by how much the calls in flight were to exceed their
 * reservations when the last one was let through: only by so much may an account be overrun in the end.
 */
function watched(random: () => number, excess: (call: string) => number) {
  const inner = memoryBudgetStore();
  const allowed = new Map<string, number>();
  let open = new Map<string, BudgetReservation>();
  const check = (books: BudgetBooks): void => {
    const now = new Map(books.reservations().map((one) => [one.id, one]));
    for (const one of now.values()) {
      if (open.has(one.id)) continue;
      for (const name of one.accounts) {
        const account = books.account(name);
        expect((account?.spent ?? 0) + (account?.reserved ?? 0)).toBeLessThanOrEqual(limitOf(name));
        const inFlight = [...now.values()].filter(({ accounts }) => accounts.includes(name));
        allowed.set(
          name,
          inFlight.reduce((sum, { id }) => sum + excess(id), 0),
        );
      }
    }
    open = now;
  };
  const store: BudgetStore = {
    async transact(work) {
      for (let hops = Math.floor(random() * 5); hops > 0; hops--) await Promise.resolve();
      // At once: nobody comes between the work and the look at it.
      const result = inner.transact(work);
      void inner.transact(check);
      for (let hops = Math.floor(random() * 5); hops > 0; hops--) await Promise.resolve();
      return await result;
    },
  };
  return { store, allowed, inner };
}

const seeds = (process.env['BUDGET_SEEDS'] ?? '1,2,3').split(',').map(Number);

it.each(seeds)(
  '10,000 calls at the same time never overrun it by more than their estimates were wrong (seed %d)',
  async (seed) => {
    const random = seededRandom(seed);
    const plans = new Map<string, { readonly most: number; readonly cost: number }>();
    const { store, allowed, inner } = watched(random, (id) => {
      const plan = plans.get(id);
      return plan === undefined ? 0 : Math.max(0, plan.cost - plan.most);
    });
    const clock = { now: () => Date.parse('2026-11-21'), at: () => () => {} };
    const budget = new Budget({
      limits: Object.entries(limits).map(([scope, micros]) => ({ scope: scope as Scope, limit: money(micros, 'USD') })),
      store,
      clock,
    });
    const booked = new Map<string, number>();
    const outcomes = { done: 0, refused: 0, stopped: 0, released: 0 };

    const one = async (index: number): Promise<void> => {
      const most = 1 + Math.floor(random() * 2_000);
      // One in five estimates is too low, some by a lot.
      const cost = Math.floor(most * (random() < 0.2 ? 1 + random() * 3 : random()));
      const id = `call ${index}`;
      plans.set(id, { most, cost });
      const labels = {
        run: `r${Math.floor(random() * 20)}`,
        task: `t${Math.floor(random() * 7)}`,
        model: `m${Math.floor(random() * 3)}`,
      };
      try {
        const reservation = await budget.reserve({ id, provider: 'p', ...labels }, money(most, 'USD'));
        for (let hops = Math.floor(random() * 40); hops > 0; hops--) await Promise.resolve();
        if (random() < 0.1) {
          await reservation.release();
          outcomes.released++;
          return;
        }
        const unknown = random() < 0.05;
        await reservation.settle(unknown ? undefined : money(cost, 'USD'));
        const accounts = [`run ${labels.run}`, `task ${labels.task}`, `model ${labels.model}`, 'day 2026-11-21'];
        for (const account of accounts) booked.set(account, (booked.get(account) ?? 0) + (unknown ? most : cost));
        outcomes.done++;
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
        outcomes[(error as ModelError).code === 'MR4081' ? 'stopped' : 'refused']++;
      }
    };
    const total = 10_000;
    let next = 0;
    // 64 at a time, each taking the next call as soon as its last has ended.
    await Promise.all(
      Array.from({ length: 64 }, async () => {
        while (next < total) await one(next++);
      }),
    );

    expect(outcomes.done + outcomes.refused + outcomes.stopped + outcomes.released).toBe(total);
    // All of it did happen, else nothing was shown.
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(0);
    const accounts = await inner.transact((books) => books.accounts());
    expect(await budget.open()).toEqual([]);
    for (const [name, { spent, reserved }] of accounts) {
      expect(reserved).toBe(0);
      expect(spent).toBe(booked.get(name) ?? 0);
      expect(spent).toBeLessThanOrEqual(limitOf(name) + (allowed.get(name) ?? 0));
    }
  },
);
