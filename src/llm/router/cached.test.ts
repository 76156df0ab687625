import { describe, expect, it } from 'vitest';
import { memoryAnswerStore } from '../cache/store.ts';
import { modelOf, request, worldOf } from './fixtures/world.ts';

const kind = (kind: string, code: string) => expect.objectContaining({ kind, code });

describe('answers that were paid before', () => {
  it('are not paid again, and are heard as if they came', async () => {
    const { router, settled, asked } = worldOf({ a: ['Paris.'] }, { cache: true });
    await settled(router.ask(request));
    const heard: string[] = [];
    const again = await settled(router.ask(request, { onEvent: ({ type }) => void heard.push(type) }));
    expect(again).toEqual({
      answer: expect.objectContaining({ text: 'Paris.' }) as object,
      from: 'cache',
      cost: { micros: 0, currency: 'USD' },
      usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
      reason: 'it was answered before',
      asked: [],
    });
    expect(heard).toEqual(['text', 'end']);
    expect(asked('a')).toHaveLength(1);
    expect(router.cached()).toMatchObject({ hits: 1, misses: 1, stored: 1 });
    expect((await router.used()).all.calls).toBe(1);
  });

  it('are given while everybody is left alone, disabled or not paid for', async () => {
    const script = ['Paris.', { fails: 'auth' }] as const;
    const { router, settled } = worldOf({ a: script }, { cache: true });
    await settled(router.ask(request));
    await expect(settled(router.ask({ ...request, maxOutputTokens: 51 }))).rejects.toEqual(kind('auth', 'MR4003'));
    expect((await settled(router.ask(request))).from).toBe('cache');
    const poor = router.keptIn({ budgets: [{ scope: 'total', limit: '0 USD' }] });
    expect((await settled(poor.ask(request))).from).toBe('cache');
  });

  it('are those of who has answered: a stand-in does not speak for a model by its name', async () => {
    let broken = true;
    const script = () => (broken ? ({ fails: 'server' } as const) : 'a');
    const { router, settled, asked } = worldOf(
      { a: script, b: () => 'b' },
      { cache: true, route: { retry: { attempts: 1 } } },
    );
    expect((await settled(router.ask(request))).answer.text).toBe('b');
    // For the role it counts.
    expect(await settled(router.ask(request))).toMatchObject({ from: 'cache', answer: { text: 'b' } });
    broken = false;
    expect(await settled(router.ask({ ...request, model: 'a-1' }))).toMatchObject({
      from: 'model',
      answer: { text: 'a' },
    });
    expect(await settled(router.ask({ ...request, model: 'b-1' }))).toMatchObject({
      from: 'cache',
      answer: { text: 'b' },
    });
    expect(asked('b')).toHaveLength(1);
  });

  it('of the same request at the same time are one call', async () => {
    const { router, settled, asked } = worldOf({ a: [{ text: 'Paris.', delayMs: 100 }] }, { cache: true });
    const all = await settled(Promise.all(Array.from({ length: 5 }, () => router.ask(request))));
    expect(all.map(({ from }) => from).sort()).toEqual(['model', 'shared', 'shared', 'shared', 'shared']);
    expect(asked('a')).toHaveLength(1);
  });

  it('do not fail for the budget, the time or the change of mind of somebody else', async () => {
    const slow = { text: 'Paris.', delayMs: 1_000 };
    const poor = { run: 'poor' };
    const budgets = [{ scope: 'run', of: 'poor', limit: '0 USD' }] as const;
    const { router, settled, asked } = worldOf({ a: () => slow }, { cache: true, budgets });
    const [refused, paid] = await settled(Promise.allSettled([router.ask(request, poor), router.ask(request)]));
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'MR4080' } });
    expect(paid).toMatchObject({ status: 'fulfilled', value: { from: 'model' } });

    const other = { ...request, maxOutputTokens: 49 };
    const controller = new AbortController();
    const gone = router.ask(other, { signal: controller.signal });
    const stays = router.ask(other);
    gone.catch(() => {});
    controller.abort();
    await expect(settled(gone)).rejects.toEqual(kind('aborted', 'MR4008'));
    expect((await settled(stays)).answer.text).toBe('Paris.');
    const third = { ...request, maxOutputTokens: 48 };
    const short = router.ask(third, { withinMs: 500 });
    const long = router.ask(third);
    short.catch(() => {});
    await expect(settled(short)).rejects.toEqual(kind('timeout', 'MR4044'));
    expect((await settled(long)).answer.text).toBe('Paris.');
    expect(asked('a')).toHaveLength(3);
  });

  it('are not looked for, or made anew, or looked at again, as it is said', async () => {
    let calls = 0;
    const { router, settled } = worldOf({ a: () => `${++calls}` }, { cache: { ttl: '1h' } });
    const text = async (options: object): Promise<string> => (await settled(router.ask(request, options))).answer.text;
    expect(await text({})).toBe('1');
    expect(await text({ cache: 'bypass' })).toBe('2');
    expect(await text({})).toBe('1');
    expect(await text({ cache: 'refresh' })).toBe('3');
    expect(await text({})).toBe('3');
    expect(await text({ operation: 'another' })).toBe('4');
    expect(await text({ accept: () => false })).toBe('5');
  });

  it('are made anew when their time is over', async () => {
    let calls = 0;
    const { router, settled, clock } = worldOf({ a: () => `${++calls}` }, { cache: { ttl: '1h' } });
    await settled(router.ask(request));
    await clock.advance('1h');
    expect((await settled(router.ask(request))).answer.text).toBe('2');
  });

  it('are kept only where that is wanted', async () => {
    const answers = memoryAnswerStore();
    let calls = 0;
    const script = () => `${++calls}`;
    const plain = worldOf({ a: script });
    await plain.settled(plain.router.ask(request));
    await plain.settled(plain.router.keptIn({ answers }).ask(request));
    expect(plain.asked('a')).toHaveLength(2);
    const { router, settled, asked } = worldOf({ a: script }, { cache: true });
    await settled(router.keptIn({ answers }).ask(request));
    expect((await settled(router.ask(request))).from).toBe('model');
    expect((await settled(router.keptIn({ answers }).ask(request))).from).toBe('cache');
    expect(asked('a')).toHaveLength(2);
  });

  it('of a role are found whoever is first at the time', async () => {
    const cheap = { currency: 'USD', inputPerMTok: 0.5, outputPerMTok: 0.5 };
    const answers = memoryAnswerStore();
    const first = worldOf({ a: () => 'a', b: () => 'b' }, { answers });
    await first.settled(first.router.ask(request));
    const models = [modelOf('a-1'), modelOf('b-1', { prices: cheap })];
    const then = worldOf({ b: () => 'b', a: () => 'a' }, { answers, models });
    expect(await then.settled(then.router.ask(request))).toMatchObject({ from: 'cache', answer: { text: 'a' } });
  });
});
