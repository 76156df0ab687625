import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { seededRandom } from '../../testing/random.ts';
import { memoryBudgetStore, type BudgetBooks, type BudgetReservation, type BudgetStore } from '../budget/store.ts';
import { openCatalogue } from '../catalogue/catalogue.ts';
import type { ModelRole } from '../catalogue/roles.ts';
import type { ModelRequest } from '../contract.ts';
import { ModelError } from '../errors.ts';
import type { CallTold } from '../models.ts';
import { chaosProvider } from '../providers/chaos/index.ts';
import { scriptedProvider } from '../providers/scripted/index.ts';
import { memoryUsageStore } from '../usage/usage.ts';
import { virtualTime } from './fixtures/virtual-time.ts';
import { modelOf } from './fixtures/world.ts';
import { openModels } from './open-models.ts';

const limits: Readonly<Record<string, number>> = { run: 700_000, model: 6_000_000, total: 100_000_000 };
const limitOf = (account: string): number => limits[account.split(' ')[0] ?? ''] ?? Number.NaN;

/**
 * Books that check after every transaction what must never be, and keep of each account which calls were in flight when
 * the last one was let through: only by as much as their estimates were too low may it be overrun in the end.
 */
function watchedBooks(random: () => number) {
  const inner = memoryBudgetStore();
  const lastLetIn = new Map<string, readonly string[]>();
  const reserved = new Map<string, number>();
  const broken: string[] = [];
  const open = new Map<string, Set<string>>();
  const openIn = (name: string): Set<string> => {
    const ids = open.get(name) ?? new Set();
    open.set(name, ids);
    return ids;
  };
  const opened = (books: BudgetBooks, { id, micros, accounts }: BudgetReservation): void => {
    reserved.set(id, micros);
    for (const name of accounts) {
      const account = books.account(name);
      if ((account?.spent ?? 0) + (account?.reserved ?? 0) > limitOf(name)) broken.push(name);
      lastLetIn.set(name, [...openIn(name).add(id)]);
    }
  };
  const store: BudgetStore = {
    async transact(work) {
      for (let hops = Math.floor(random() * 4); hops > 0; hops--) await Promise.resolve();
      const put: BudgetReservation[] = [];
      const dropped: string[] = [];
      const result = inner.transact((books) =>
        work({
          ...books,
          putReservation: (one) => {
            put.push(one);
            books.putReservation(one);
          },
          dropReservation: (id) => {
            dropped.push(id);
            books.dropReservation(id);
          },
        }),
      );
      // At once: nobody comes between the work and the look at it.
      for (const id of dropped) for (const ids of open.values()) ids.delete(id);
      if (put.length > 0) void inner.transact((books) => put.forEach((one) => opened(books, one)));
      for (let hops = Math.floor(random() * 4); hops > 0; hops--) await Promise.resolve();
      return await result;
    },
  };
  return { store, inner, lastLetIn, reserved, broken };
}

const roles: readonly ModelRole[] = ['flagship', 'balanced', 'fast'];
const dollars = { flagship: 40, balanced: 10, fast: 2 } as const;

async function storm(seed: number, total: number) {
  const random = seededRandom(seed);
  const { clock, scheduler, run, waiting } = virtualTime();
  const models = ['a', 'b'].flatMap((provider) =>
    roles.map((role) =>
      modelOf(`${provider}-${role}`, {
        role,
        contextTokens: provider === 'a' ? 100_000 : 200_000,
        prices: { currency: 'USD', inputPerMTok: dollars[role], outputPerMTok: dollars[role] },
      }),
    ),
  );
  // What really happened, as the providers see it: who was asked, in order, for which request.
  const begun: { readonly at: number; readonly provider: string; readonly model: string; readonly index: number }[] =
    [];
  const underWay = new Map<string, number>();
  let mostUnderWay = 0;
  const indexOf = ({ messages: [first] }: ModelRequest): number => Number(/\d+/.exec(first?.text ?? '')?.[0]);
  const providerOf = (name: string) => {
    const script = scriptedProvider(
      (request) => ({
        text: ['answer ', `to ${indexOf(request)}`],
        // Some are much longer than they were to be: there, estimates are too low.
        usage: {
          input: 20 + Math.floor(random() * 20),
          output: Math.floor(random() * (random() < 0.03 ? 2_000 : 200)),
        },
        delayMs: Math.floor(random() * 400),
      }),
      { name, scheduler },
    );
    const inner = chaosProvider(script, {
      random,
      scheduler,
      delayMs: [1, 200],
      retryAfterMs: [50, 4_000],
      patienceMs: 15_000,
      faults: {
        rateLimit: 0.05,
        overloaded: 0.05,
        server: 0.05,
        network: 0.03,
        cut: 0.04,
        stalled: 0.02,
        silent: 0.01,
        badRequest: 0.005,
        refusal: 0.005,
        contextLength: 0.005,
      },
    });
    return {
      ...inner,
      async *ask(request: ModelRequest, given: { readonly signal?: AbortSignal } = {}) {
        begun.push({ at: clock.now(), provider: name, model: request.model, index: indexOf(request) });
        underWay.set(name, (underWay.get(name) ?? 0) + 1);
        if (name === 'b') mostUnderWay = Math.max(mostUnderWay, underWay.get(name) ?? 0);
        try {
          yield* inner.ask(request, given);
        } finally {
          underWay.set(name, (underWay.get(name) ?? 0) - 1);
        }
      },
    };
  };
  const books = watchedBooks(random);
  const usage = memoryUsageStore();
  const told: CallTold[] = [];
  const router = openModels({
    providers: [providerOf('a'), providerOf('b')],
    catalogue: openCatalogue({ shipped: false, overrides: [{ models }], clock }),
    budgets: Object.entries(limits).map(([scope, micros]) => ({
      scope: scope as 'run',
      limit: { micros, currency: 'USD' },
    })),
    route: {
      limits: {
        a: { requestsPerMinute: 4_000, tokensPerMinute: 900_000 },
        b: { requestsPerMinute: 3_000, concurrency: 150 },
      },
      health: { coolDownMs: 5_000 },
    },
    clock,
    scheduler,
    random,
  }).keptIn({ books: books.store, usage, told: (event) => told.push(event) });

  const outcomes: string[] = [];
  const problems: string[] = [];
  const ask = async (index: number): Promise<void> => {
    const controller = new AbortController();
    const gone = random() < 0.02 ? clock.at(clock.now() + random() * 20_000, () => controller.abort()) : undefined;
    const name = `r${Math.floor(random() * 25)}`;
    const role = roles[Math.floor(random() * 3)] ?? 'fast';
    const withinMs = random() < 0.1 ? 5_000 : 240_000;
    let restarts = 0;
    let text = '';
    try {
      const { answer, asked } = await router.ask(
        { messages: [{ role: 'user', text: `request ${index}` }], maxOutputTokens: 220, role },
        {
          run: name,
          withinMs,
          signal: controller.signal,
          onEvent: (event) => {
            if (event.type === 'restart') {
              restarts += 1;
              text = '';
            } else if (event.type === 'text') text += event.text;
          },
        },
      );
      if (answer.text !== `answer to ${index}` || text !== answer.text)
        problems.push(`${index}: ${text} ${answer.text}`);
      if (asked.at(-1)?.failed !== undefined) problems.push(`${index}: the last that was asked has failed`);
      outcomes[index] = restarts > 0 ? 'restarted' : asked.length > 1 ? 'mended' : 'answered';
    } catch (thrown) {
      if (!(thrown instanceof ModelError) || !/^MR40\d\d$/.test(thrown.code))
        problems.push(`${index}: ${String(thrown)}`);
      else outcomes[index] = `${thrown.kind} ${thrown.code}`;
      if (thrown instanceof ModelError && thrown.code === 'MR4043' && !((thrown.retryAfterMs ?? 0) > 0))
        problems.push(`${index}: no time to come again`);
    } finally {
      gone?.();
    }
  };
  const all = Promise.all(Array.from({ length: total }, (_, index) => ask(index)));
  await run();
  await all;
  return { router, books, usage, told, begun, outcomes, problems, waiting, underWay, mostUnderWay };
}

const seeds = (process.env['ROUTER_SEEDS'] ?? '1').split(',').map(Number);

it.each(seeds)(
  '10,000 requests at the same time over two providers that fail: none is lost, every failure is typed, budgets and limits hold (seed %d)',
  async (seed) => {
    const total = 10_000;
    const { router, books, usage, told, begun, outcomes, problems, waiting, underWay, mostUnderWay } = await storm(
      seed,
      total,
    );
    expect(problems).toEqual([]);
    // None is lost.
    expect(Object.keys(outcomes)).toHaveLength(total);
    const count = (wanted: RegExp): number => outcomes.filter((one) => wanted.test(one)).length;
    // All of it did happen, else nothing was shown.
    for (const outcome of [
      /^answered/,
      /^mended/,
      /^restarted/,
      /MR4080/,
      /MR4081/,
      /MR4008/,
      /MR4043|MR4044/,
      /badRequest/,
      /refusal/,
      /contextLength/,
    ])
      expect([outcome, count(outcome) > 0]).toEqual([outcome, true]);

    // Budgets: never let through beyond a limit, and never overrun by more than the estimates in flight were too low.
    expect(books.broken).toEqual([]);
    const ended = told.filter((event) => event.type === 'call.ended');
    const booked = new Map(ended.map(({ id, cost }) => [id, cost?.micros ?? 0]));
    const accounts = await books.inner.transact((open) => open.accounts());
    expect(accounts.length).toBeGreaterThan(25);
    for (const [name, { spent, reserved }] of accounts) {
      expect([name, reserved]).toEqual([name, 0]);
      const excess = (books.lastLetIn.get(name) ?? []).map((id) =>
        Math.max(0, (booked.get(id) ?? 0) - (books.reserved.get(id) ?? 0)),
      );
      expect(spent).toBeLessThanOrEqual(limitOf(name) + excess.reduce((sum, one) => sum + one, 0));
    }
    expect(await books.inner.transact((open) => open.reservations())).toEqual([]);

    // What is in the books, what was used and what was told are the same.
    const { all, runs } = await usage.snapshot();
    const spentIn = (account: string): number => accounts.find(([name]) => name === account)?.[1].spent ?? 0;
    expect(all.cost[0]?.micros).toBe(spentIn('total'));
    for (const [name, totals] of Object.entries(runs)) expect(totals.cost[0]?.micros ?? 0).toBe(spentIn(`run ${name}`));
    expect(told.filter(({ type }) => type === 'call.started')).toHaveLength(ended.length);
    expect(new Set(ended.map(({ id }) => id)).size).toBe(ended.length);
    expect(ended.filter((event) => event.usage !== undefined)).toHaveLength(all.calls);
    expect(ended).toHaveLength(begun.length);

    // Limits, by what the providers saw.
    for (const [name, most] of [
      ['a', 4_000],
      ['b', 3_000],
    ] as const) {
      const times = begun.filter(({ provider }) => provider === name).map(({ at }) => at);
      for (const [index, at] of times.entries()) {
        const other = times[index + most];
        if (other !== undefined) expect(other - at).toBeGreaterThanOrEqual(60_000);
      }
    }
    expect(mostUnderWay).toBe(150);

    // Nobody was asked after a bad request or a refusal, and only larger windows after what was too long.
    const last = new Map<number, string>();
    const failedWith = new Map(ended.map((event, at) => [at, event.failed?.kind]));
    expect([...failedWith.values()].filter((kind) => kind === 'badRequest')).toHaveLength(count(/badRequest/));
    expect([...failedWith.values()].filter((kind) => kind === 'refusal')).toHaveLength(count(/refusal/));
    for (const { index, provider } of begun) {
      last.set(index, `${last.get(index) ?? ''}${provider}`);
    }
    expect(Math.max(...[...last.values()].map((asked) => asked.length))).toBeGreaterThan(3);

    // Nothing is left: no timer, no call, no place that is taken.
    expect(waiting()).toBe(0);
    expect([...underWay.values()]).toEqual([0, 0]);
    for (const state of router.state()) expect(state.underWay).toBe(0);
  },
  60_000,
);

it('a storm is the same for the same seed', async () => {
  const digest = async (): Promise<string> => {
    const { outcomes, begun } = await storm(5, 600);
    return createHash('sha256')
      .update(JSON.stringify([outcomes, begun]))
      .digest('hex');
  };
  expect(await digest()).toBe(await digest());
});
