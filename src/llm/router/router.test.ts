import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ModelError } from '../errors.ts';
import { modelOf, request, worldOf } from './fixtures/world.ts';

const kind = (kind: string, code: string) => expect.objectContaining({ kind, code });
const down = { fails: 'server' } as const;
const outcomes = (asked: readonly { readonly provider: string; readonly failed?: { readonly kind: string } }[]) =>
  asked.map(({ provider, failed }) => `${provider} ${failed?.kind ?? 'answered'}`);

describe('who is asked', () => {
  it('the first of a role, with why, what it cost and how it came about', async () => {
    const { router, settled, asked } = worldOf({ a: ['Paris.'], b: ['Rome.'] });
    const answered = await settled(router.ask(request));
    expect(answered).toMatchObject({
      answer: { text: 'Paris.', provider: 'a' },
      from: 'model',
      cost: { micros: 15, currency: 'USD' },
      usage: { input: 10, output: 5, total: 15 },
      asked: [{ provider: 'a', model: 'a-1', took: 0 }],
    });
    expect(answered.reason).toContain('a/a-1 has the role balanced; first of 2');
    expect(asked('b')).toHaveLength(0);
  });

  it('the lowest number first, then who is well, then who costs least, then who is fast', async () => {
    const models = [modelOf('a-1'), modelOf('b-1'), modelOf('c-1', { prices: undefined })];
    const say = () => 'yes';
    const first = async (more: object, prepare?: (world: ReturnType<typeof worldOf>) => Promise<unknown>) => {
      const world = worldOf({ c: say, a: say, b: say }, { models, ...more });
      await prepare?.(world);
      return (await world.settled(world.router.ask(request))).answer.provider;
    };
    expect(await first({})).toBe('a');
    expect(await first({ route: { priorities: { c: -1 } } })).toBe('c');
    expect(await first({ route: { priorities: { 'a-1': 2, 'c/c-1': 1 } } })).toBe('b');
    const cheap = modelOf('b-1', { prices: { currency: 'USD', inputPerMTok: 1, outputPerMTok: 0.5 } });
    expect(await first({ models: [modelOf('a-1'), cheap] })).toBe('b');
  });

  it('one that fails now and then comes after one that does not', async () => {
    let calls = 0;
    const { router, settled } = worldOf(
      { a: () => (calls++ % 3 === 0 ? down : 'a'), b: () => 'b' },
      { route: { retry: { baseMs: 1 } } },
    );
    for (let call = 0; call < 6; call++) await settled(router.ask(request));
    expect((await settled(router.ask(request))).answer.provider).toBe('b');
    expect(router.state()[0]).toMatchObject({ availability: 'ready', errors: expect.any(Number) as number });
  });

  it('a model by its name, and nobody else unless that is said', async () => {
    const broken = () => down;
    const plain = worldOf({ a: broken, b: ['b'] });
    await expect(plain.settled(plain.router.ask({ ...request, model: 'a-1' }))).rejects.toEqual(
      kind('server', 'MR4012'),
    );
    expect(plain.asked('b')).toHaveLength(0);
    const fallbacks = { 'a-1': ['b-1', { provider: 'c', model: 'a-1' }] };
    const models = [modelOf('a-1'), modelOf('b-1')];
    const world = worldOf({ a: broken, b: broken, c: ['c'] }, { models, route: { fallbacks } });
    const { answer, reason } = await world.settled(world.router.ask({ ...request, model: 'a-1' }));
    expect(answer).toMatchObject({ provider: 'c', model: 'a-1' });
    expect(reason).toContain('after a/a-1 failed (server MR4012)');
    expect(world.router.state().map(({ provider, model }) => `${provider}/${model}`)).toEqual([
      'a/a-1',
      'b/b-1',
      'c/a-1',
    ]);
  });

  it('only those that can do it', async () => {
    const models = [
      modelOf('a-1', { capabilities: { tools: false, structuredOutput: false, streaming: true } }),
      modelOf('b-1', { contextTokens: 200_000, maxOutputTokens: 60_000 }),
    ];
    const { router, settled, asked } = worldOf(
      { a: () => 'a', b: () => 'b' },
      { models, route: { priorities: { a: -1 } } },
    );
    const tools = [{ name: 'look', description: 'Looks', input: z.object({}) }];
    expect((await settled(router.ask(request))).answer.text).toBe('a');
    expect((await settled(router.ask({ ...request, tools }))).answer.text).toBe('b');
    expect((await settled(router.ask({ ...request, output: z.object({}) }))).answer.text).toBe('b');
    expect((await settled(router.ask({ ...request, maxOutputTokens: 20_000 }))).answer.text).toBe('b');
    const long = { ...request, messages: [{ role: 'user', text: 'word '.repeat(80_000) }] } as const;
    expect((await settled(router.ask(long))).answer.text).toBe('b');
    await expect(settled(router.ask({ ...request, model: 'a-1', tools }))).rejects.toEqual(
      kind('badRequest', 'MR4041'),
    );
    await expect(settled(router.ask({ ...long, model: 'a-1' }))).rejects.toEqual(kind('contextLength', 'MR4042'));
    expect(asked('a')).toHaveLength(1);
  });

  it('counts at the provider where the estimate is near to the window', async () => {
    const { router, settled, providers } = worldOf({ a: () => 'a' });
    const near = { ...request, messages: [{ role: 'user', text: 'word '.repeat(64_000) }] } as const;
    // 64,000 words are estimated at about 95,000 tokens, of 99,950.
    for (const [tokens, ends] of [
      [99_951, 'MR4042'],
      [99_950, 'a'],
    ] as const) {
      Object.assign(providers[0] ?? {}, { countTokens: () => Promise.resolve(tokens) });
      const ended = await settled(router.ask(near)).then(
        ({ answer }) => answer.text,
        (error: ModelError) => error.code,
      );
      expect(ended).toBe(ends);
    }
  });
});

describe('bad requests cost nothing', () => {
  it.each([
    [{ model: 'a-2' }, 'badRequest', 'MR4074'],
    [{ model: '' }, 'badRequest', 'MR4004'],
    [{ role: 'best' }, 'badRequest', 'MR4004'],
    [{ messages: [] }, 'badRequest', 'MR4004'],
    [{ maxOutputTokens: 0 }, 'badRequest', 'MR4004'],
    [{ maxOutputTokens: Number.NaN }, 'badRequest', 'MR4004'],
  ])('%j', async (wrong, errorKind, code) => {
    const { router, settled, asked } = worldOf({ a: ['never'] });
    const ended = settled(router.ask({ ...request, ...(wrong as object) }));
    await expect(ended).rejects.toEqual(kind(errorKind, code));
    await expect(ended).rejects.toBeInstanceOf(ModelError);
    expect(asked('a')).toHaveLength(0);
  });

  it('a provider without a key is there and says why', async () => {
    const { router, settled, providers } = worldOf({ a: ['never'] });
    Object.assign(providers[0] ?? {}, { readiness: { ready: false, reason: 'no key: set A_KEY' } });
    await expect(settled(router.ask(request))).rejects.toMatchObject({
      code: 'MR4040',
      kind: 'auth',
      message: 'Nobody can be asked for the role balanced. a/a-1: no key: set A_KEY. Given: a.',
    });
    expect(router.state()).toMatchObject([{ availability: 'unready', reason: 'no key: set A_KEY' }]);
    expect(await router.check()).toEqual([{ provider: 'a', ready: false, reason: 'no key: set A_KEY' }]);
  });

  it('no provider at all, or none of the model', async () => {
    const nobody = worldOf({}, { models: [modelOf('a-1')] });
    await expect(nobody.settled(nobody.router.ask(request))).rejects.toEqual(kind('auth', 'MR4040'));
    await expect(nobody.settled(nobody.router.ask({ ...request, model: 'a-1' }))).rejects.toMatchObject({
      code: 'MR4040',
      message: 'Nobody can be asked for a-1. a/a-1: no such provider is given. No provider is given.',
    });
  });

  it.each([
    [{ limits: { 'a-2': { requestsPerMinute: 1 } } }, "Did you mean 'a-1'?"],
    [{ limits: { a: { requestsPerMinute: 0 } } }, 'route.limits.a.requestsPerMinute'],
    [{ priorities: { nobody: 1 } }, "'nobody' is no provider"],
    [{ fallbacks: { 'a-1': ['c-1'] } }, 'route.fallbacks.a-1'],
    [{ fallbacks: { 'a-1': ['a'] } }, "'a' is no model"],
    [{ fallbacks: { 'a-1': ['a/a-1'] } }, "'a/a-1' is no model"],
    [{ retries: 3 }, 'retries'],
    [{ withinMs: -1 }, 'route.withinMs'],
  ])('options that cannot be meant: %j', (route, says) => {
    const open = () => worldOf({ a: ['never'] }, { route: route as object });
    expect(open).toThrow(expect.objectContaining({ code: 'MR4046', message: expect.stringContaining(says) as string }));
  });
});

describe('failures', () => {
  it('hands on when tries are used up', async () => {
    const { router, settled, asked, start, clock } = worldOf({ a: [down, down, down], b: ['Rome.'] });
    const { answer, asked: whom, cost } = await settled(router.ask(request));
    expect(answer.text).toBe('Rome.');
    expect(outcomes(whom)).toEqual(['a server', 'a server', 'a server', 'b answered']);
    expect(asked('a')).toHaveLength(3);
    expect(cost).toEqual({ micros: 15, currency: 'USD' });
    // Half a second to one, then one to two.
    expect(clock.now() - start).toBeGreaterThanOrEqual(1_500);
    expect(clock.now() - start).toBeLessThanOrEqual(3_000);
  });

  it('never hands on a refused key or a bad request, and disables the provider of the key', async () => {
    const { router, settled, asked, events } = worldOf({
      a: [{ fails: 'auth' }, 'again'],
      b: ['Rome.', { fails: 'badRequest' }],
    });
    await expect(settled(router.ask(request))).rejects.toEqual(kind('auth', 'MR4003'));
    expect(asked('b')).toHaveLength(0);
    expect(router.state()[0]).toMatchObject({ availability: 'unready', reason: 'The script says so: auth.' });
    // Who is disabled is no longer one of those who can be asked.
    expect((await settled(router.ask(request))).answer.text).toBe('Rome.');
    await expect(settled(router.ask(request))).rejects.toEqual(kind('badRequest', 'MR4004'));
    expect(asked('b')).toHaveLength(2);
    // A look at it that goes well brings it back.
    expect(await router.check('a')).toEqual([{ provider: 'a', ready: true }]);
    expect((await settled(router.ask(request))).answer.text).toBe('again');
    expect(events.map(({ type }) => type).filter((type) => /abled/.test(type))).toEqual(['disabled', 'enabled']);
  });

  it('those who waited for a provider that was disabled go to another, or fail with the reason', async () => {
    const one = { route: { limits: { a: { concurrency: 1 } } } };
    const slow = { fails: 'auth', delayMs: 50 } as const;
    const { router, settled, asked } = worldOf({ a: [slow] }, one);
    const first = router.ask(request);
    const second = router.ask(request);
    first.catch(() => {});
    second.catch(() => {});
    await expect(settled(second)).rejects.toEqual(kind('auth', 'MR4040'));
    await expect(first).rejects.toEqual(kind('auth', 'MR4003'));
    expect(asked('a')).toHaveLength(1);
  });

  it('hands on what is too long to larger windows only', async () => {
    const models = [modelOf('a-1'), modelOf('b-1'), modelOf('c-1', { contextTokens: 300_000 })];
    const tooLong = () => ({ fails: 'contextLength' }) as const;
    const { router, settled, asked } = worldOf({ a: tooLong, b: () => 'b', c: () => 'c' }, { models });
    expect((await settled(router.ask(request))).answer.text).toBe('c');
    expect(asked('b')).toHaveLength(0);
    const small = worldOf({ a: tooLong, b: () => 'b' });
    await expect(small.settled(small.router.ask(request))).rejects.toEqual(kind('contextLength', 'MR4005'));
    expect(small.asked('b')).toHaveLength(0);
  });

  it('leaves a whole provider alone whose account is empty', async () => {
    const models = [modelOf('a-1'), modelOf('a-2'), modelOf('b-1')];
    const { router, settled, asked, clock } = worldOf({ a: () => ({ fails: 'quota' }), b: () => 'b' }, { models });
    for (let call = 0; call < 3; call++) expect((await settled(router.ask(request))).answer.text).toBe('b');
    expect(asked('a')).toHaveLength(1);
    expect(router.state()[1]).toMatchObject({ model: 'a-2', availability: 'cooling', until: clock.now() + 300_000 });
    const alone = worldOf({ a: () => ({ fails: 'quota' }) });
    await expect(alone.settled(alone.router.ask(request))).rejects.toEqual(kind('quota', 'MR4002'));
  });

  it('tells all that was tried when nobody is left', async () => {
    const { router, settled } = worldOf({ a: () => down, b: () => ({ fails: 'network' }) });
    const error = await settled(router.ask(request)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ kind: 'network', code: 'MR4006', retryable: true, mayHaveCost: true, provider: 'b' });
    expect(outcomes((error as ModelError).details['asked'] as [])).toEqual([
      ...Array.from({ length: 3 }, () => 'a server'),
      ...Array.from({ length: 3 }, () => 'b network'),
    ]);
  });

  it('opens after too many failures, asks the other, and is there again after one that succeeds', async () => {
    let broken = true;
    const { router, settled, asked, clock, events } = worldOf(
      { a: () => (broken ? down : 'a'), b: () => 'b' },
      { route: { retry: { attempts: 1 } } },
    );
    for (let call = 0; call < 8; call++) expect((await settled(router.ask(request))).answer.text).toBe('b');
    // Five failures open it; what comes then goes to the other at once.
    expect(asked('a')).toHaveLength(5);
    expect(router.state()[0]).toMatchObject({
      availability: 'open',
      until: clock.now() + 30_000,
      errorRate: 1,
      requests: 5,
      errors: 5,
      lastError: { kind: 'server', code: 'MR4012' },
    });
    await clock.advance('30s');
    expect(router.state()[0]?.availability).toBe('halfOpen');
    broken = false;
    expect((await settled(router.ask(request))).answer.text).toBe('a');
    expect(router.state()[0]).toMatchObject({ availability: 'ready', errorRate: 0, lastSuccessAt: clock.now() });
    expect(events.map(({ type }) => type).filter((type) => /pened|closed/.test(type))).toEqual([
      'opened',
      'halfOpened',
      'closed',
    ]);
  });

  it('one failure of each does not end it for ever', async () => {
    let calls = 0;
    const once = () => (calls++ < 2 ? down : 'yes');
    const { router, settled } = worldOf({ a: once, b: once }, { route: { retry: { attempts: 1 } } });
    await expect(settled(router.ask(request))).rejects.toEqual(kind('server', 'MR4012'));
    expect((await settled(router.ask(request))).answer.text).toBe('yes');
  });
});

describe('listeners', () => {
  it('change nothing, whatever they throw', async () => {
    const { router, settled } = worldOf({ a: [down, down, down], b: ['Rome.'] });
    const heard: string[] = [];
    router.on(() => {
      throw new Error('mine');
    });
    router.on((async () => {
      await Promise.reject(new Error('mine, later'));
    }) as () => void);
    const end = router.on(({ type }) => void heard.push(type));
    const onEvent = () => {
      throw new Error('mine, too');
    };
    const told = onEvent;
    const { answer } = await settled(router.keptIn({ told }).ask(request, { onEvent }));
    expect(answer.text).toBe('Rome.');
    expect(heard).toEqual(['chosen', 'failed', 'chosen', 'failed', 'chosen', 'failed', 'chosen', 'answered']);
    end();
    await expect(settled(router.ask(request))).rejects.toEqual(kind('badRequest', 'MR4017'));
    expect(heard).toHaveLength(8);
  });

  it('hear what the budget does not let through, and what is thrown in the end', async () => {
    const budgets = [{ scope: 'run', limit: '0 USD' }] as const;
    const { router, settled, events } = worldOf({ a: ['never'] }, { budgets });
    await expect(settled(router.ask(request, { run: 'r' }))).rejects.toEqual(kind('budget', 'MR4080'));
    const reason = expect.stringContaining('more than is left of the budget of run r') as string;
    expect(events).toMatchObject([
      { type: 'chosen', run: 'r' },
      { type: 'refused', provider: 'a', model: 'a-1', run: 'r', code: 'MR4080', reason },
      { type: 'gaveUp', run: 'r', kind: 'budget', code: 'MR4080', reason },
    ]);
  });

  it('hear for whom it was, and why', async () => {
    const { router, settled, events } = worldOf({ a: [down, down, down], b: ['Rome.'] });
    await settled(router.ask(request, { task: 't', run: 'r', step: 's' }));
    expect(events.find(({ type }) => type === 'failed')).toMatchObject({
      task: 't',
      run: 'r',
      step: 's',
      kind: 'server',
      does: 'retry',
      reason: 'it may succeed when it is tried again',
    });
    expect(events.filter(({ type }) => type === 'failed').at(-1)).toMatchObject({
      does: 'fallback',
      reason: 'it failed 3 times',
    });
    expect(events.at(-1)).toMatchObject({ type: 'answered', provider: 'b', cost: { micros: 15, currency: 'USD' } });
  });
});
