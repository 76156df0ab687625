import { describe, expect, it } from 'vitest';
import type { ModelError } from '../errors.ts';
import { modelOf, request, worldOf } from './fixtures/world.ts';

const kind = (kind: string, code: string) => expect.objectContaining({ kind, code });
const busy = (retryAfterMs: number) => ({ fails: 'rateLimit', retryAfterMs }) as const;

describe('Retry-After', () => {
  it('is waited for when it is short, though others could be asked', async () => {
    const { router, settled, asked, clock, start } = worldOf({ a: [busy(2_000), 'a'], b: ['never'] });
    expect((await settled(router.ask(request))).answer.text).toBe('a');
    expect(clock.now() - start).toBe(2_000);
    expect(asked('b')).toHaveLength(0);
  });

  it('that is long makes others be asked, and nobody comes before its time is over', async () => {
    const { router, settled, asked, clock } = worldOf({ a: [busy(70_000), 'a'], b: () => 'b' });
    expect((await settled(router.ask(request))).answer.text).toBe('b');
    expect(router.state()[0]).toMatchObject({ availability: 'cooling', until: clock.now() + 70_000 });
    await clock.advance(69_999);
    expect((await settled(router.ask(request))).answer.text).toBe('b');
    await clock.advance(1);
    expect((await settled(router.ask(request))).answer.text).toBe('a');
    expect(asked('a')).toHaveLength(2);
  });

  it('of everybody: the first that is free again is waited for', async () => {
    const { router, settled, clock, start, events } = worldOf({ a: [busy(70_000)], b: [busy(40_000), 'b'] });
    const { answer, asked } = await settled(router.ask(request));
    expect(answer.text).toBe('b');
    expect(clock.now() - start).toBe(40_000);
    expect(asked.map(({ provider }) => provider).join('')).toBe('abb');
    expect(events.map((event) => (event.type === 'failed' ? event.does : event.type))).toEqual([
      'chosen',
      'cooling',
      'fallback',
      'chosen',
      'cooling',
      'wait',
      'waiting',
      'chosen',
      'answered',
    ]);
  });

  it('of everybody: also when the one that said it last is not the first that is free', async () => {
    const { router, settled, clock, start } = worldOf({ a: [busy(40_000), 'a'], b: [busy(70_000)] });
    expect((await settled(router.ask(request))).answer.text).toBe('a');
    expect(clock.now() - start).toBe(40_000);
  });

  it('of everybody, for longer than there is time: an error at once that says when to come again', async () => {
    const { router, settled, clock, start } = worldOf({ a: [busy(70_000)], b: [busy(40_000)] });
    const error = await settled(router.ask(request, { withinMs: 30_000 })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'rateLimit', code: 'MR4043', retryable: true, retryAfterMs: 40_000 });
    expect((error as ModelError).details['asked']).toHaveLength(2);
    expect(clock.now()).toBe(start);
    // And so for who comes then, without anybody being asked.
    await expect(settled(router.ask(request, { withinMs: 1 }))).rejects.toMatchObject({
      code: 'MR4043',
      retryAfterMs: 40_000,
    });
  });

  it('that is said again and again is not answered with a flood', async () => {
    const { router, settled, asked } = worldOf({ a: () => busy(1) });
    await expect(settled(router.ask(request, { withinMs: 60_000 }))).rejects.toEqual(kind('rateLimit', 'MR4043'));
    expect(asked('a').length).toBeLessThan(12);
  });

  it('is kept by who came later, and they are let in when it is over', async () => {
    let calls = 0;
    const { router, settled, clock, start } = worldOf({ a: () => (calls++ === 0 ? busy(5_000) : 'a') });
    const first = router.ask(request);
    await clock.advance(1_000);
    const others = Array.from({ length: 5 }, () => router.ask(request));
    const all = await settled(Promise.all([first, ...others]));
    expect(all.every(({ answer }) => answer.text === 'a')).toBe(true);
    expect(calls).toBe(7);
    expect(clock.now() - start).toBe(5_000);
  });

  it('those who wait and have no time for a new one fail then, not at their end', async () => {
    const one = { limits: { a: { concurrency: 1 } } };
    const { router, settled, clock, start } = worldOf({ a: [{ ...busy(90_000), delayMs: 100 }] }, { route: one });
    const first = router.ask(request, { withinMs: 200 });
    const second = router.ask(request, { withinMs: 60_000 });
    first.catch(() => {});
    await expect(settled(second)).rejects.toMatchObject({ code: 'MR4043', retryAfterMs: 90_000 });
    await expect(first).rejects.toMatchObject({ code: 'MR4043' });
    expect(clock.now() - start).toBe(100);
  });
});

describe('limits', () => {
  it('requests of a minute: the others are asked, then the first that may', async () => {
    const route = { limits: { a: { requestsPerMinute: 2 }, 'b/b-1': { requestsPerMinute: 1 } } };
    const { router, settled, asked, clock, start } = worldOf({ a: () => 'a', b: () => 'b' }, { route });
    const order: string[] = [];
    const all = Array.from({ length: 6 }, async () => {
      const { answer } = await router.ask(request);
      order.push(`${answer.text} ${(clock.now() - start) / 1_000}`);
    });
    await settled(Promise.all(all));
    expect(order).toEqual(['a 0', 'a 0', 'b 0', 'a 60', 'a 60', 'b 60']);
    expect(asked('a')).toHaveLength(4);
  });

  it('tokens of a minute, estimated first and then as they were', async () => {
    const use = (input: number) => ({ text: 'a', usage: { input, output: 10 } });
    const route = { limits: { a: { tokensPerMinute: 150 } } };
    const script = [use(100), use(10), use(10)];
    const { router, settled, clock, start } = worldOf({ a: script }, { route });
    const at = async (): Promise<number> => {
      await settled(router.ask(request));
      return clock.now() - start;
    };
    // About 8 of input and 50 of output are set aside each time.
    expect(await at()).toBe(0);
    expect(router.state()[0]?.limits).toEqual([{ requests: 1, tokens: 110, underWay: 0, tokensPerMinute: 150 }]);
    expect(await at()).toBe(60_000);
    expect(await at()).toBe(60_000);
    const large = router.ask({ ...request, maxOutputTokens: 500 });
    await expect(settled(large)).rejects.toEqual(kind('badRequest', 'MR4045'));
  });

  it('go by who came first, and nobody overtakes', async () => {
    const route = { limits: { a: { concurrency: 1 } } };
    const order: string[] = [];
    const { router, settled } = worldOf({ a: () => ({ text: 'a', delayMs: 10 }) }, { route });
    const ask = async (name: string): Promise<void> => {
      await router.ask(request);
      order.push(name);
    };
    const all = ['1', '2', '3', '4'].map(ask);
    await settled(Promise.all([...all, settled(all[0] ?? Promise.resolve()).then(() => ask('5'))]));
    expect(order).toEqual(['1', '2', '3', '4', '5']);
  });

  it('are not used up by small requests while a large one waits that came before', async () => {
    const route = { limits: { a: { tokensPerMinute: 1_000 } } };
    const order: string[] = [];
    const script = { text: 'a', usage: { input: 10, output: 490 } };
    const { router, settled } = worldOf({ a: () => script }, { route });
    const ask = async (name: string, maxOutputTokens: number): Promise<void> => {
      await router.ask({ ...request, maxOutputTokens });
      order.push(name);
    };
    await settled(ask('first', 500));
    await settled(Promise.all([ask('large', 900), ask('small', 10)]));
    expect(order).toEqual(['first', 'large', 'small']);
  });

  it('are shared by all that are kept elsewhere, and so is health', async () => {
    const route = { limits: { a: { requestsPerMinute: 1 } }, retry: { attempts: 1 } };
    const { router, settled, clock, start } = worldOf({ a: ['a', { fails: 'server' }] }, { route });
    await settled(router.keptIn({}).ask(request));
    await expect(settled(router.keptIn({ random: () => 0 }).ask(request))).rejects.toEqual(kind('server', 'MR4012'));
    expect(clock.now() - start).toBe(60_000);
    expect(router.state()[0]).toMatchObject({ requests: 2, errors: 1 });
  });
});

describe('the time of a request', () => {
  it('ends waiting, tries and answers', async () => {
    const late = { text: 'a', delayMs: 10_000 };
    const { router, settled, clock, start } = worldOf({ a: () => late });
    const ended = router.ask(request, { withinMs: 4_000 });
    await expect(settled(ended)).rejects.toEqual(kind('timeout', 'MR4044'));
    expect(clock.now() - start).toBe(4_000);
    const tries = worldOf({ a: () => ({ fails: 'server', delayMs: 1_000 }) }, { route: { withinMs: 2_000 } });
    await expect(tries.settled(tries.router.ask(request))).rejects.toEqual(kind('timeout', 'MR4044'));
    expect(tries.clock.now() - tries.start).toBe(2_000);
  });

  it('ends also with a provider that heeds nothing', async () => {
    const { router, settled, providers, clock, start } = worldOf({ a: [] });
    Object.assign(providers[0] ?? {}, {
      ask: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
    });
    await expect(settled(router.ask(request, { withinMs: 4_000 }))).rejects.toEqual(kind('timeout', 'MR4044'));
    expect(clock.now() - start).toBe(4_000);
  });

  it('is over when who asked gives up, in the midst of anything', async () => {
    const waits = { a: () => ({ text: 'a', delayMs: 10_000 }), b: () => busy(60_000) };
    for (const model of ['a-1', 'b-1'] as const) {
      const { router, settled, clock, asked } = worldOf(waits);
      const controller = new AbortController();
      const ended = router.ask({ ...request, model }, { signal: controller.signal });
      ended.catch(() => {});
      await clock.advance(1_000);
      controller.abort(new Error('enough'));
      const error = await settled(ended).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ kind: 'aborted', code: 'MR4008', cause: { message: 'enough' } });
      await clock.advance(600_000);
      expect(asked(model[0] ?? '')).toHaveLength(1);
      // Nothing is left that would keep a process alive.
      expect(clock.pending).toBe(0);
    }
    const { router, settled, asked } = worldOf({ a: ['never'] });
    await expect(settled(router.ask(request, { signal: AbortSignal.abort() }))).rejects.toEqual(
      kind('aborted', 'MR4008'),
    );
    expect(asked('a')).toHaveLength(0);
  });

  it('leaves no timer when it ends well, nor for those who were waited for beside', async () => {
    const route = { limits: { a: { requestsPerMinute: 1 }, b: { concurrency: 1 } } };
    const { router, settled, clock } = worldOf({ a: () => 'a', b: () => ({ text: 'b', delayMs: 5 }) }, { route });
    const all = await settled(Promise.all([router.ask(request), router.ask(request), router.ask(request)]));
    expect(all.map(({ answer }) => answer.text)).toEqual(['a', 'b', 'b']);
    expect(clock.pending).toBe(0);
  });
});

it('may be asked by a model of the same provider while another one is left alone', async () => {
  const models = [modelOf('a-1'), modelOf('a-2')];
  const say = ({ model }: { readonly model: string }) => (model === 'a-1' ? busy(70_000) : model);
  const { router, settled } = worldOf({ a: say }, { models });
  expect((await settled(router.ask(request))).answer.text).toBe('a-2');
  expect(router.state().map(({ availability }) => availability)).toEqual(['cooling', 'ready']);
});
