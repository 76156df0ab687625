import { describe, expect, it } from 'vitest';
import { memoryBudgetStore, type BudgetStore } from '../budget/store.ts';
import type { CallTold } from '../models.ts';
import { memoryUsageStore, type UsageRecord } from '../usage/usage.ts';
import { modelOf, request, worldOf } from './fixtures/world.ts';

const kind = (kind: string, code: string) => expect.objectContaining({ kind, code });
const priced = (dollars: number) => ({ currency: 'USD', inputPerMTok: dollars, outputPerMTok: dollars });
const say = { text: 'yes', usage: { input: 10, output: 5 } };

describe('money', () => {
  it('is set aside before a call, and booked as it was used before there is an answer', async () => {
    const books = memoryBudgetStore();
    const kept: UsageRecord[] = [];
    const usage = { ...memoryUsageStore(), add: (record: UsageRecord) => Boolean(kept.push(record)) };
    const budgets = [{ scope: 'run', limit: '1 USD' }] as const;
    const { router, settled, clock } = worldOf({ a: [{ ...say, delayMs: 100 }] }, { books, usage, budgets });
    const ended = router.ask(request, { run: 'r', task: 't', step: 's', agent: 'g' });
    await clock.advance(50);
    expect(await router.budgets()).toMatchObject([
      { account: 'run r', spent: { micros: 0 }, reserved: { micros: 56 } },
    ]);
    await settled(ended);
    expect(await router.budgets()).toMatchObject([
      { account: 'run r', spent: { micros: 15 }, reserved: { micros: 0 } },
    ]);
    expect(kept).toEqual([
      {
        id: expect.stringMatching(/^call-[0-9a-f]{32}$/) as string,
        provider: 'a',
        model: 'a-1',
        run: 'r',
        task: 't',
        step: 's',
        agent: 'g',
        usage: { input: 10, output: 5, cacheRead: 0, cacheWrite: 0, total: 15 },
        cost: { micros: 15, currency: 'USD' },
      },
    ]);
  });

  it('counts towards the run that a call is made within', async () => {
    const budgets = [{ scope: 'run', limit: '1 USD' }] as const;
    const { router, settled } = worldOf({ a: [say] }, { budgets });
    await settled(router.ask(request, { run: 'child', within: 'parent' }));
    expect((await router.budgets()).map(({ account }) => account)).toEqual(['run parent']);
    expect(Object.keys((await router.used()).runs)).toEqual(['child']);
  });

  it('of a call that failed is given back when it cost nothing, and booked in full when that is not known', async () => {
    const budgets = [{ scope: 'total', limit: '1 USD' }] as const;
    const script = [{ fails: 'server' }, { text: 'ye', fails: 'truncated' }, say] as const;
    const { router, settled } = worldOf({ a: script }, { budgets });
    const { cost, usage } = await settled(router.ask(request));
    // 6 of input as estimated and all 50 of output, then 10 and 5.
    expect(cost).toEqual({ micros: 56 + 15, currency: 'USD' });
    expect(usage).toMatchObject({ input: 16, output: 5, estimated: true });
    expect(await router.budgets()).toMatchObject([{ spent: { micros: 71 }, reserved: { micros: 0 } }]);
    expect((await router.used()).all).toMatchObject({ calls: 2, unpriced: 0, cost: [{ micros: 71 }] });
  });

  it('of a call that was called off midway is booked before who asked hears of it', async () => {
    const budgets = [{ scope: 'total', limit: '1 USD' }] as const;
    for (const cache of [false, true]) {
      const inner = memoryBudgetStore();
      // A disk that takes its time.
      const books: BudgetStore = {
        transact: async (work) => {
          await new Promise((resolve) => setImmediate(resolve));
          return inner.transact(work);
        },
      };
      const { router, clock } = worldOf({ a: [{ ...say, delayMs: 1_000 }] }, { budgets, books, cache });
      const controller = new AbortController();
      const ended = router.ask(request, { signal: controller.signal });
      ended.catch(() => {});
      await clock.advance(500);
      controller.abort();
      await expect(ended).rejects.toEqual(kind('aborted', 'MR4008'));
      const accounts = await inner.transact((open) => open.accounts());
      expect(accounts).toMatchObject([['total', { spent: 56, reserved: 0 }]]);
    }
  });

  it('that is not there lets nothing through, and nothing is asked', async () => {
    const nothing = [{ scope: 'total', limit: '0 USD' }] as const;
    const { router, settled, asked } = worldOf({ a: [say] }, { budgets: nothing });
    await expect(settled(router.ask(request))).rejects.toEqual(kind('budget', 'MR4080'));
    const euros = worldOf({ a: [say] }, { budgets: [{ scope: 'total', limit: '5 EUR' }] });
    await expect(euros.settled(euros.router.ask(request))).rejects.toEqual(kind('budget', 'MR4071'));
    const unknown = { models: [modelOf('a-1', { prices: undefined })] };
    const unpriced = worldOf({ a: [say, say] }, { ...unknown, budgets: nothing });
    await expect(unpriced.settled(unpriced.router.ask(request))).rejects.toEqual(kind('budget', 'MR4082'));
    expect([asked('a'), euros.asked('a'), unpriced.asked('a')].flat()).toHaveLength(0);
    // Without a budget nothing is held, and the cost is not known.
    const free = worldOf({ a: [say] }, unknown);
    expect(await free.settled(free.router.ask(request))).not.toHaveProperty('cost');
  });

  it('that is used up by tries that failed is what the error is about', async () => {
    const budgets = [{ scope: 'total', limit: '0.000100 USD' }] as const;
    const { router, settled, asked } = worldOf({ a: () => ({ fails: 'truncated' }) }, { budgets });
    await expect(settled(router.ask(request))).rejects.toMatchObject({
      kind: 'budget',
      code: 'MR4080',
      mayHaveCost: true,
      message: expect.stringContaining('(1 try before it failed, too)') as string,
      details: { asked: [{ failed: { kind: 'truncated' } }], account: 'total' },
    });
    expect(asked('a')).toHaveLength(1);
  });

  it('that is not there leaves limits and health as they are', async () => {
    const route = { limits: { a: { requestsPerMinute: 1, concurrency: 1 } } };
    const { router, settled, clock, start } = worldOf(
      { a: [say] },
      { route, budgets: [{ scope: 'run', limit: '0 USD', of: 'poor' }] },
    );
    for (let call = 0; call < 3; call++)
      await expect(settled(router.ask(request, { run: 'poor' }))).rejects.toEqual(kind('budget', 'MR4080'));
    expect((await settled(router.ask(request, { run: 'rich' }))).answer.text).toBe('yes');
    expect(clock.now()).toBe(start);
    expect(router.state()[0]).toMatchObject({ requests: 1, errors: 0, underWay: 0 });
  });

  it('that is overrun is recorded, told with the answer, and ends what is under way', async () => {
    const budgets = [{ scope: 'total', limit: '0.000200 USD' }] as const;
    const dear = { text: 'dear', usage: { input: 10, output: 5_000 }, delayMs: 100 };
    const slow = { text: 'slow', delayMs: 10_000 };
    const { router, settled, clock, start, asked } = worldOf({ a: [dear, slow, say] }, { budgets });
    const first = router.ask(request);
    const second = router.ask(request);
    second.catch(() => {});
    const answered = await settled(first);
    expect(answered).toMatchObject({ answer: { text: 'dear' }, overrun: { kind: 'budget', code: 'MR4081' } });
    await expect(settled(second)).rejects.toEqual(kind('budget', 'MR4081'));
    expect(clock.now() - start).toBe(100);
    await expect(settled(router.ask(request))).rejects.toEqual(kind('budget', 'MR4081'));
    expect(asked('a')).toHaveLength(2);
    // What the second one cost is not known, and booked in full.
    expect(await router.budgets()).toMatchObject([{ spent: { micros: 5_010 + 56 }, reserved: { micros: 0 } }]);
  });
});

describe('a role by what the budget pays for', () => {
  const models = [
    modelOf('a-1', { role: 'flagship', prices: priced(100) }),
    modelOf('b-1', { role: 'balanced', prices: priced(10) }),
    modelOf('c-1', { role: 'fast', prices: priced(1) }),
  ];
  const scripts = { a: () => 'a', b: () => 'b', c: () => 'c' };

  it.each([
    ['1 USD', 'a'],
    ['0.001 USD', 'b'],
    ['0.0001 USD', 'c'],
  ] as const)('of %s: %s', async (limit, who) => {
    const { router, settled, events } = worldOf(scripts, { models, budgets: [{ scope: 'run', limit }] });
    const { answer, reason } = await settled(router.ask({ ...request, role: 'flagship' }, { run: 'r' }));
    expect(answer.text).toBe(who);
    if (who !== 'a') expect(reason).toMatch(/instead of the role flagship: .*more than is left of the budget of run r/);
    expect(events.filter(({ type }) => type === 'chosen').at(-1)).toMatchObject({ reason });
  });

  it('and never a lower one for another reason, nor one for a name', async () => {
    const broken = worldOf({ ...scripts, a: () => ({ fails: 'server' }) as const }, { models });
    const flagship = { ...request, role: 'flagship' } as const;
    await expect(broken.settled(broken.router.ask(flagship))).rejects.toEqual(kind('server', 'MR4012'));
    const named = worldOf(scripts, { models, budgets: [{ scope: 'run', limit: '0.001 USD' }] });
    await expect(named.settled(named.router.ask({ ...request, model: 'a-1' }))).rejects.toEqual(
      kind('budget', 'MR4080'),
    );
    const small = worldOf(scripts, { models, budgets: [{ scope: 'run', limit: '0.000010 USD' }] });
    await expect(small.settled(small.router.ask(flagship))).rejects.toMatchObject({ code: 'MR4080', model: 'c-1' });
  });

  it('also where the role between has nobody', async () => {
    const two = models.filter(({ role }) => role !== 'balanced');
    const { router, settled } = worldOf(scripts, { models: two, budgets: [{ scope: 'run', limit: '0.0001 USD' }] });
    expect((await settled(router.ask({ ...request, role: 'flagship' }))).answer.text).toBe('c');
  });
});

describe('kept elsewhere', () => {
  it('has its own books, usage and budgets besides, of which the smaller one holds', async () => {
    const budgets = [{ scope: 'run', limit: '1 USD' }] as const;
    const { router, settled } = worldOf({ a: () => say }, { budgets });
    const books = memoryBudgetStore();
    const usage = memoryUsageStore();
    const own = router.keptIn({ books, usage, budgets: [{ scope: 'run', limit: '0.000080 USD' }] });
    await settled(own.ask(request, { run: 'r' }));
    await settled(own.ask(request, { run: 'r' }));
    await expect(settled(own.ask(request, { run: 'r' }))).rejects.toEqual(kind('budget', 'MR4080'));
    expect((await router.used()).all.calls).toBe(0);
    expect((await own.used()).all.calls).toBe(2);
    expect(await router.budgets()).toEqual([]);
    expect(() => router.keptIn({ budgets: [{ scope: 'run', limit: '1 EUR' }] })).toThrow(
      expect.objectContaining({ code: 'MR4071' }),
    );
  });

  it('is told of each call, with one end for each begin', async () => {
    const told: CallTold[] = [];
    const { router, settled } = worldOf({ a: [{ fails: 'server' }, say] }, { cache: true });
    const own = router.keptIn({ told: (event) => told.push(event) });
    for (let call = 0; call < 2; call++) await settled(own.ask(request, { run: 'r', agent: 'g', operation: 'o' }));
    const whom = { provider: 'a', model: 'a-1', run: 'r', agent: 'g', operation: 'o' };
    expect(told).toMatchObject([
      { type: 'call.started', ...whom, maxOutputTokens: 50 },
      { type: 'call.ended', ...whom, failed: { kind: 'server', code: 'MR4012' } },
      { type: 'call.started', ...whom },
      { type: 'call.ended', ...whom, finish: 'stop', usage: { total: 15 }, cost: { micros: 15 } },
      { type: 'call.spared', ...whom, from: 'cache' },
    ]);
    const ids = told.map((event) => ('id' in event ? event.id : undefined));
    expect([ids[0] === ids[1], ids[2] === ids[3], ids[0] === ids[2]]).toEqual([true, true, false]);
  });
});
