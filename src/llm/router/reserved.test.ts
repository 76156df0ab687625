import { describe, expect, it } from 'vitest';
import { memoryBudgetStore } from '../budget/store.ts';
import { seededRandom } from '../../testing/random.ts';
import { modelOf, request, worldOf } from './fixtures/world.ts';

/** A dollar for a token, so that a call sets aside a little more than 50 USD. */
const models = [modelOf('a-1', { prices: { currency: 'USD', inputPerMTok: 0, outputPerMTok: 1_000_000 } })];
const slow = { text: 'yes', usage: { input: 0, output: 1 }, delayMs: 100 };
const total = (limit: string) => ({ models, budgets: [{ scope: 'total', limit }] as const });
const none = { micros: 0, currency: 'USD' };

describe('money that is only set aside', () => {
  it('is waited for: all are answered that can be paid', async () => {
    const { router, settled, asked } = worldOf({ a: () => slow }, total('100 USD'));
    const runs = Array.from({ length: 20 }, (_, n) => settled(router.ask(request, { run: `r${n}` })));
    for (const { answer } of await Promise.all(runs)) expect(answer.text).toBe('yes');
    expect(asked('a')).toHaveLength(20);
    expect(await router.budgets()).toMatchObject([{ spent: { micros: 20_000_000 }, reserved: none }]);
  });

  it('is given in the order in which it was asked for, also to who needs all of it', async () => {
    const { router, settled } = worldOf({ a: () => slow }, total('60 USD'));
    const order: string[] = [];
    const ask = async (name: string, maxOutputTokens: number) => {
      await router.ask({ ...request, maxOutputTokens });
      order.push(name);
    };
    const small = [1, 2].map((n) => ask(`small ${n}`, 25));
    const large = ask('large', 55);
    const later = [3, 4].map((n) => ask(`small ${n}`, 25));
    await settled(Promise.all([...small, large, ...later]));
    expect(order).toEqual(['small 1', 'small 2', 'large', 'small 3', 'small 4']);
  });

  it('holds up nobody whose own budget has it', async () => {
    const budgets = [{ scope: 'run', limit: '60 USD' }] as const;
    const { router, clock, settled } = worldOf({ a: () => slow }, { models, budgets });
    const mine = [1, 2].map(() => router.ask(request, { run: 'r' }));
    const other = router.ask(request, { run: 's' });
    await clock.advance(100);
    expect((await other).answer.text).toBe('yes');
    await settled(Promise.all(mine));
  });

  it('takes no place from others meanwhile', async () => {
    const budgets = [{ scope: 'run', of: 'poor', limit: '60 USD' }] as const;
    const route = { limits: { a: { concurrency: 2 } } };
    const { router, clock, settled } = worldOf({ a: () => slow }, { models, budgets, route });
    const poor = [1, 2, 3].map(() => router.ask(request, { run: 'poor' }));
    const rich = router.ask(request, { run: 'rich' });
    await clock.advance(100);
    expect((await rich).answer.text).toBe('yes');
    await settled(Promise.all(poor));
  });

  it('is waited for as long as there is time, and then may be asked for again', async () => {
    const { router, settled, clock, start } = worldOf({ a: () => ({ ...slow, delayMs: 60_000 }) }, total('60 USD'));
    const first = router.ask(request);
    const second = settled(router.ask(request, { withinMs: 10_000 }));
    await expect(second).rejects.toMatchObject({ code: 'MR4080', retryable: true, retryAfterMs: 1_000 });
    expect(clock.now() - start).toBeLessThan(10_000);
    await settled(first);
    expect((await settled(router.ask(request))).answer.text).toBe('yes');
  });

  it('is waited for until who asks gives up, and the next has its turn', async () => {
    const { router, settled, asked } = worldOf({ a: () => slow }, total('60 USD'));
    const leaving = new AbortController();
    const first = router.ask(request);
    const second = router.ask(request, { signal: leaving.signal });
    const third = router.ask(request);
    second.catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort();
    await expect(second).rejects.toMatchObject({ code: 'MR4008' });
    await settled(Promise.all([first, third]));
    expect(asked('a')).toHaveLength(2);
  });

  it('of a call that turns out dear is not: who waits hears that it never comes', async () => {
    const dear = { ...slow, usage: { input: 0, output: 50 } };
    const { router, settled } = worldOf({ a: () => dear }, total('60 USD'));
    const first = router.ask(request);
    const second = settled(router.ask(request));
    await expect(second).rejects.toMatchObject({ code: 'MR4080', retryable: false });
    await first;
    const over = worldOf({ a: () => ({ ...slow, usage: { input: 0, output: 500 } }) }, total('60 USD'));
    const one = over.router.ask(request);
    const two = over.settled(over.router.ask(request));
    await expect(two).rejects.toMatchObject({ code: 'MR4081' });
    expect(await one).toHaveProperty('overrun');
  });

  it('by another process is waited for, too', async () => {
    const books = memoryBudgetStore();
    const world = worldOf({ a: () => slow }, { ...total('60 USD'), books });
    const other = worldOf({ a: () => slow }, { ...total('60 USD'), books, random: seededRandom(8) });
    const theirs = other.router.ask(request);
    const ours = world.router.ask(request);
    await other.clock.advance(50);
    await world.clock.advance(50);
    await other.settled(theirs);
    expect((await world.settled(ours)).answer.text).toBe('yes');
    expect(await world.router.budgets()).toMatchObject([{ spent: { micros: 2_000_000 }, reserved: none }]);
  });

  it.each([1, 2, 3])('leaves nobody waiting and nothing set aside, whatever is called off (seed %d)', async (seed) => {
    const random = seededRandom(seed);
    const script = () => ({ ...slow, delayMs: Math.floor(random() * 500), usage: { input: 0, output: 1 } });
    const budgets = [
      { scope: 'total', limit: '300 USD' },
      { scope: 'run', limit: '120 USD' },
    ] as const;
    const route = { limits: { a: { concurrency: 3 } } };
    const { router, settled, clock } = worldOf({ a: script }, { models, budgets, route });
    const calls = Array.from({ length: 120 }, async (_, n) => {
      const leaving = new AbortController();
      if (random() < 0.2) clock.at(clock.now() + Math.floor(random() * 2_000), () => leaving.abort());
      const maxOutputTokens = 10 + Math.floor(random() * 60);
      const options = { run: `r${n % 5}`, signal: leaving.signal };
      return router.ask({ ...request, maxOutputTokens }, options).then(
        () => 'answered',
        (error: { code: string }) => error.code,
      );
    });
    const ends = await settled(Promise.all(calls));
    // What was called off midway is booked in full, so that there may not be enough for all.
    expect(ends.filter((end) => !['answered', 'MR4008', 'MR4080'].includes(end))).toEqual([]);
    expect(ends.filter((end) => end === 'answered').length).toBeGreaterThan(40);
    for (const { spent, limit, reserved } of await router.budgets()) {
      expect(reserved).toEqual(none);
      expect(spent.micros).toBeLessThanOrEqual(limit.micros);
    }
  });
});
