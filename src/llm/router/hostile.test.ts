import { describe, expect, it } from 'vitest';
import type { ModelAnswer, ModelEvent, ModelRequest, Usage } from '../contract.ts';
import { ModelError } from '../errors.ts';
import { request, worldOf } from './fixtures/world.ts';

const answer = (more: Partial<ModelAnswer> = {}): ModelAnswer => ({
  text: 'yes',
  toolCalls: [],
  usage: { input: 10, output: 5, cacheRead: 0, cacheWrite: 0, total: 15 },
  finish: 'stop',
  provider: 'a',
  model: 'a-1',
  ...more,
});
type Ask = (request: ModelRequest, options?: { readonly signal?: AbortSignal }) => AsyncIterable<ModelEvent>;

/** A provider `a` of somebody who does not keep to the rules, and `b`, which is well. */
function withProvider(ask: Ask, options: Parameters<typeof worldOf>[1] = {}) {
  const world = worldOf({ a: [], b: () => 'b' }, { budgets: [{ scope: 'total', limit: '1 USD' }], ...options });
  Object.assign(world.providers[0] ?? {}, { ask });
  return world;
}

describe('a provider that does not keep to the rules', () => {
  it.each<[string, Ask]>([
    [
      'throws what is no error of ours',
      () => {
        throw new TypeError('x is not a function');
      },
    ],
    [
      'throws what is no error at all, midway',
      async function* () {
        yield { type: 'text', text: 'y' };
        throw 'no';
      },
    ],
    [
      'ends without its end',
      async function* () {
        yield { type: 'text', text: 'y' };
      },
    ],
    ['gives what cannot be read', () => ({}) as AsyncIterable<ModelEvent>],
    [
      'fails where it is ended, too',
      () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.reject(new Error('no')),
          return: () => Promise.reject(new Error('nor so')),
        }),
      }),
    ],
    [
      'ends with no answer',
      async function* () {
        yield { type: 'end' } as ModelEvent;
      },
    ],
    [
      'says to wait for what is no time',
      () => {
        throw new ModelError('later', { kind: 'rateLimit', provider: 'a', model: 'a-1', retryAfterMs: Number.NaN });
      },
    ],
  ])('%s: another one is asked', async (_name, ask) => {
    const { router, settled } = withProvider(ask, { route: { retry: { baseMs: 1 } } });
    const { answer, asked } = await settled(router.ask(request));
    expect(answer.text).toBe('b');
    expect(asked.every(({ failed }) => failed === undefined || /^MR40\d\d$/.test(failed.code))).toBe(true);
    expect((await router.budgets())[0]?.reserved.micros).toBe(0);
    expect(router.state().every(({ underWay }) => underWay === 0)).toBe(true);
  });

  it.each<Partial<Usage>>([
    { input: Number.NaN },
    { output: -1 },
    { input: 1.5 },
    { output: Number.POSITIVE_INFINITY },
    { cacheRead: 11 },
  ])('says that it used %j: the answer counts, and is booked in full', async (wrong) => {
    const usage = { ...answer().usage, ...wrong };
    const { router, settled } = withProvider(async function* () {
      yield { type: 'end', answer: answer({ usage }) };
    });
    const answered = await settled(router.ask(request));
    expect(answered).toMatchObject({ answer: { text: 'yes' }, cost: { micros: 56 } });
    expect(Number.isSafeInteger(answered.usage.total)).toBe(true);
    expect((await router.used()).all).toMatchObject({ calls: 1, cost: [{ micros: 56 }] });
    expect((await router.budgets())[0]).toMatchObject({ spent: { micros: 56 }, reserved: { micros: 0 } });
  });

  it('throws where it is closed: the answer counts, and is booked', async () => {
    const { router, settled } = withProvider(() => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: { type: 'end', answer: answer() } }),
        return: () => {
          throw new Error('no');
        },
      }),
    }));
    expect((await settled(router.ask(request))).answer.text).toBe('yes');
    expect((await router.budgets())[0]).toMatchObject({ spent: { micros: 15 }, reserved: { micros: 0 } });
  });

  it.each([Number.NaN, -1_000_000, undefined])('says %s of its sum: the parts count', async (total) => {
    const { router, settled } = withProvider(
      async function* () {
        yield { type: 'end', answer: answer({ usage: { ...answer().usage, total: total as number } }) };
      },
      { route: { limits: { a: { tokensPerMinute: 1_000 } } } },
    );
    expect((await settled(router.ask(request))).usage.total).toBe(15);
    expect(router.state()[0]).toMatchObject({ availability: 'ready', limits: [{ tokens: 15 }] });
  });

  it('refuses, and says what that has used: so much is booked, and no more', async () => {
    const { router, settled } = withProvider(() => {
      const { usage } = answer();
      throw new ModelError('no', { kind: 'refusal', provider: 'a', model: 'a-1', usage });
    });
    await expect(settled(router.ask(request))).rejects.toMatchObject({ code: 'MR4010' });
    expect((await router.budgets())[0]).toMatchObject({ spent: { micros: 15 }, reserved: { micros: 0 } });
    expect((await router.used()).all).toMatchObject({ total: 15, cost: [{ micros: 15 }] });
  });

  it('goes on after its end: nobody hears it', async () => {
    let closed = false;
    const { router, settled } = withProvider(async function* () {
      try {
        yield { type: 'end', answer: answer() };
        yield { type: 'text', text: 'and another thing' };
      } finally {
        closed = true;
      }
    });
    const heard: string[] = [];
    await settled(router.ask(request, { onEvent: ({ type }) => void heard.push(type) }));
    expect(heard).toEqual(['end']);
    expect(closed).toBe(true);
  });

  it('says to wait for ever: it is left alone, and the others are asked', async () => {
    const { router, settled } = withProvider(() => {
      throw new ModelError('later', {
        kind: 'rateLimit',
        provider: 'a',
        model: 'a-1',
        retryAfterMs: Number.MAX_SAFE_INTEGER,
      });
    });
    expect((await settled(router.ask(request))).answer.text).toBe('b');
    expect(router.state()[0]?.availability).toBe('cooling');
    expect((await settled(router.ask(request))).answer.text).toBe('b');
  });

  it('cannot count: the estimate is taken', async () => {
    const { router, settled, providers } = worldOf({ a: ['yes'] });
    Object.assign(providers[0] ?? {}, { countTokens: () => Promise.reject(new Error('no')) });
    const near = { ...request, messages: [{ role: 'user', text: 'word '.repeat(64_000) }] } as const;
    expect((await settled(router.ask(near))).answer.text).toBe('yes');
  });

  it('never has counted: the request takes no longer than it may', async () => {
    const { router, settled, providers, asked } = worldOf({ a: ['never'] });
    Object.assign(providers[0] ?? {}, { countTokens: () => new Promise(() => {}) });
    const near = { ...request, messages: [{ role: 'user', text: 'word '.repeat(64_000) }] } as const;
    await expect(settled(router.ask(near, { withinMs: 1_000 }))).rejects.toMatchObject({ code: 'MR4044' });
    expect(asked('a')).toHaveLength(0);
  });
});

it('who calls a request off on hearing that it begins asks nobody, and pays nothing', async () => {
  const { router, settled, asked } = worldOf({ a: ['never'] }, { budgets: [{ scope: 'total', limit: '1 USD' }] });
  const ending = new AbortController();
  const told: string[] = [];
  const models = router.keptIn({
    told: ({ type }) => {
      told.push(type);
      ending.abort();
    },
  });
  await expect(settled(models.ask(request, { signal: ending.signal }))).rejects.toMatchObject({ code: 'MR4008' });
  expect(asked('a')).toHaveLength(0);
  expect(told).toEqual(['call.started', 'call.ended']);
  expect((await router.budgets())[0]).toMatchObject({ spent: { micros: 0 }, reserved: { micros: 0 } });
  expect(router.state()[0]).toMatchObject({ underWay: 0, availability: 'ready' });
});

describe('books that fail', () => {
  it('let nothing through, and leave no place taken', async () => {
    const broken = { transact: () => Promise.reject(new Error('the disk is full')) };
    const { router, settled, asked } = worldOf(
      { a: ['never'] },
      { books: broken, budgets: [{ scope: 'total', limit: '1 USD' }] },
    );
    await expect(settled(router.ask(request))).rejects.toThrow('the disk is full');
    expect(asked('a')).toHaveLength(0);
    expect(router.state()[0]).toMatchObject({ underWay: 0, availability: 'ready' });
  });
});
