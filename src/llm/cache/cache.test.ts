import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ModelAnswer, ModelRequest } from '../contract.ts';
import { AnswerCache, type CacheOptions } from './cache.ts';
import { cacheKey } from './key.ts';
import { memoryAnswerStore, type AnswerStore } from './store.ts';

const code = (code: string) => expect.objectContaining({ code });
const request: ModelRequest = {
  model: 'm',
  system: 's',
  messages: [{ role: 'user', text: 'hello' }],
  maxOutputTokens: 10,
  temperature: 0,
  tools: [{ name: 'find', description: 'finds', input: z.object({ q: z.string() }) }],
  output: z.object({ answer: z.string() }),
};
const answer = (text: string, more: Partial<ModelAnswer> = {}): ModelAnswer => ({
  text,
  toolCalls: [],
  usage: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, total: 2 },
  finish: 'stop',
  provider: 'p',
  model: 'm-2026',
  ...more,
});

/** A cache with a clock that is moved, and a model that answers `answer 1`, `answer 2` and so on. */
function made(store?: AnswerStore) {
  let now = 1_000;
  let calls = 0;
  const clock = { now: () => now, at: () => () => {} };
  const cache = new AnswerCache({ clock, ...(store === undefined ? {} : { store }) });
  const perform = () => Promise.resolve(answer(`answer ${++calls}`));
  const ask = async (more: Partial<CacheOptions> = {}, asked: ModelRequest = request) =>
    cache.ask(asked, { provider: 'p', ...more }, perform);
  return { cache, ask, calls: () => calls, wait: (ms: number) => (now += ms) };
}

describe('the key', () => {
  const changes: Readonly<Record<string, Partial<ModelRequest>>> = {
    model: { model: 'n' },
    instructions: { system: 'other' },
    conversation: { messages: [{ role: 'user', text: 'hello!' }] },
    'role of a message': { messages: [{ role: 'assistant', text: 'hello' }] },
    'most tokens': { maxOutputTokens: 11 },
    temperature: { temperature: 0.1 },
    'description of a tool': { tools: [{ name: 'find', description: 'looks', input: z.object({ q: z.string() }) }] },
    'schema of a tool': { tools: [{ name: 'find', description: 'finds', input: z.object({ q: z.number() }) }] },
    'no tools': { tools: [] },
    'shape of the output': { output: z.object({ answer: z.string().max(9) }) },
    options: { options: { effort: 'high' } },
  };

  it('differs in everything that an answer depends on', () => {
    const keys = Object.values(changes).map((change) => cacheKey({ ...request, ...change }, { provider: 'p' }));
    keys.push(cacheKey(request, { provider: 'p' }), cacheKey(request, { provider: 'q' }));
    keys.push(cacheKey(request, { provider: 'p', operation: 'plan' }));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is the same for equal requests, whatever the order of their members', () => {
    const { messages, model, ...rest } = request;
    const same = { ...rest, messages: structuredClone(messages), model };
    expect(cacheKey(same, { provider: 'p' })).toBe(cacheKey(request, { provider: 'p' }));
    expect(cacheKey(request, { provider: 'p' })).toMatch(/^[0-9a-f]{64}$/);
  });

  it('refuses what it could not tell from another', () => {
    const odd = { ...request, options: { hook: () => 1 } };
    expect(() => cacheKey(odd, { provider: 'p' })).toThrow(code('MR4085'));
  });
});

describe('the cache', () => {
  it('asks once, and gives the same type for a hit as for a miss', async () => {
    const { cache, ask, calls } = made();
    const miss = await ask();
    const hit = await ask();
    expect([miss.from, hit.from]).toEqual(['model', 'cache']);
    expect(hit.answer).toEqual(miss.answer);
    expect(calls()).toBe(1);
    expect(cache.statistics()).toMatchObject({ hits: 1, misses: 1, stored: 1, hitRate: 0.5 });
  });

  it('asks again after 7 days, and then keeps the new answer', async () => {
    const { cache, ask, calls, wait } = made();
    await ask();
    wait(7 * 86_400_000 - 1);
    expect((await ask()).answer.text).toBe('answer 1');
    wait(1);
    expect(await ask()).toMatchObject({ from: 'model', answer: { text: 'answer 2' } });
    wait(7 * 86_400_000 - 1);
    expect(await ask()).toMatchObject({ from: 'cache', answer: { text: 'answer 2' } });
    expect(calls()).toBe(2);
    expect(cache.statistics().expired).toBe(1);
  });

  it('takes a time of its own for an answer', async () => {
    const { ask, wait } = made();
    await ask({ ttl: '1h' });
    wait(3_600_000);
    expect((await ask()).answer.text).toBe('answer 2');
    await expect(ask({ ttl: 'soon' })).rejects.toThrow(code('MR3002'));
  });

  it('is passed by on demand, and leaves what it has', async () => {
    const { cache, ask } = made();
    await ask();
    expect(await ask({ bypass: true })).toMatchObject({ from: 'model', answer: { text: 'answer 2' } });
    expect((await ask()).answer.text).toBe('answer 1');
    expect(cache.statistics()).toMatchObject({ bypassed: 1, hitRate: 0.5 });
  });

  it('is refreshed on demand', async () => {
    const { ask } = made();
    await ask();
    expect((await ask({ refresh: true })).answer.text).toBe('answer 2');
    expect(await ask()).toMatchObject({ from: 'cache', answer: { text: 'answer 2' } });
  });

  it('forgets what is named', async () => {
    const { cache, ask } = made();
    await ask({ operation: 'plan' });
    await ask({ operation: 'write' });
    await ask({}, { ...request, model: 'n' });
    expect(await cache.invalidate({ operation: 'plan' })).toBe(1);
    expect((await ask({ operation: 'plan' })).from).toBe('model');
    expect((await ask({ operation: 'write' })).from).toBe('cache');
    expect(await cache.invalidate({ provider: 'p', model: 'm' })).toBe(2);
    expect(await cache.invalidate({})).toBe(1);
  });

  it('keeps only good answers', async () => {
    const cache = new AnswerCache();
    let calls = 0;
    const ask = async (given: () => ModelAnswer, more: Partial<CacheOptions> = {}) =>
      cache.ask(request, { provider: 'p', ...more }, () => {
        calls++;
        return Promise.resolve(given());
      });
    const fails = () => {
      throw new Error('down');
    };
    await expect(ask(fails)).rejects.toThrow('down');
    await ask(() => answer('cut', { finish: 'length' }));
    await ask(() => answer('wrong'), { accept: ({ text }) => text !== 'wrong' });
    expect((await ask(() => answer('good'))).answer.text).toBe('good');
    expect((await ask(fails)).answer.text).toBe('good');
    expect(calls).toBe(4);
    expect(cache.statistics()).toMatchObject({ refused: 2, stored: 1, misses: 4, hits: 1 });
  });

  it('does not give what is no longer accepted', async () => {
    const { ask } = made();
    await ask();
    expect((await ask({ accept: ({ text }) => text !== 'answer 1' })).answer.text).toBe('answer 2');
    expect((await ask()).answer.text).toBe('answer 2');
  });

  it('gives answers that nobody can change for the others', async () => {
    const { ask } = made();
    expect(Object.isFrozen((await ask()).answer.usage)).toBe(true);
  });

  it('goes on without a store that fails, and says so', async () => {
    const broken = (): never => {
      throw new Error('disk');
    };
    const { cache, ask } = made({ get: broken, set: broken, delete: broken });
    expect(await ask()).toMatchObject({ from: 'model', answer: { text: 'answer 1' } });
    expect(cache.statistics()).toMatchObject({ failures: 2, stored: 0 });
  });
});

describe('the same request at the same time', () => {
  const slow = () => {
    const { promise, resolve, reject } = Promise.withResolvers<ModelAnswer>();
    let calls = 0;
    let signal: AbortSignal | undefined;
    const perform = (given: AbortSignal) => {
      calls++;
      signal = given;
      return promise;
    };
    return { perform, resolve, reject, calls: () => calls, signal: () => signal };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('is one call', async () => {
    const cache = new AnswerCache();
    const model = slow();
    const asked = Array.from({ length: 50 }, () => cache.ask(request, { provider: 'p' }, model.perform));
    await settled();
    model.resolve(answer('once'));
    const results = await Promise.all(asked);
    expect(model.calls()).toBe(1);
    expect(results.map(({ from }) => from)).toEqual(['model', ...Array<string>(49).fill('shared')]);
    expect(cache.statistics()).toMatchObject({ misses: 1, shared: 49, stored: 1, hitRate: 0.98 });
  });

  it('fails for all, and the next one asks again', async () => {
    const cache = new AnswerCache();
    const model = slow();
    const asked = [1, 2].map(() => cache.ask(request, { provider: 'p' }, model.perform));
    await settled();
    model.reject(new Error('down'));
    expect(await Promise.allSettled(asked)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect((await cache.ask(request, { provider: 'p' }, () => Promise.resolve(answer('up')))).from).toBe('model');
  });

  it('goes on for the others when one gives up, and ends when all have', async () => {
    const cache = new AnswerCache();
    const model = slow();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = cache.ask(request, { provider: 'p', signal: first.signal }, model.perform);
    const two = cache.ask(request, { provider: 'p', signal: second.signal }, model.perform);
    await settled();
    first.abort(new Error('enough'));
    await expect(one).rejects.toThrow('enough');
    expect(model.signal()?.aborted).toBe(false);
    second.abort(new Error('me too'));
    await expect(two).rejects.toThrow('me too');
    expect(model.signal()?.aborted).toBe(true);
    // Whoever comes now does not wait for what was called off.
    expect((await cache.ask(request, { provider: 'p' }, () => Promise.resolve(answer('new')))).answer.text).toBe('new');
    model.reject(new Error('aborted'));
    await expect(cache.ask(request, { provider: 'p', signal: first.signal }, model.perform)).rejects.toThrow('enough');
  });

  it('does not ask again between the end of a call and the look of the next, however slow the store is', async () => {
    const inner = memoryAnswerStore();
    let hops = 0;
    const store: AnswerStore = {
      async get(key) {
        const found = await inner.get(key);
        for (let hop = 0; hop < hops; hop++) await Promise.resolve();
        return found;
      },
      set: (entry) => inner.set(entry),
      delete: (match) => inner.delete(match),
    };
    const cache = new AnswerCache({ store });
    let calls = 0;
    const ask = () => cache.ask(request, { provider: 'p' }, () => Promise.resolve(answer(`${++calls}`)));
    for (hops = 0; hops < 20; hops++) {
      await cache.invalidate({});
      calls = 0;
      const early = ask();
      for (let hop = 0; hop < hops; hop++) await Promise.resolve();
      await Promise.all([early, ask()]);
      expect(calls).toBe(1);
    }
  });
});

it('the store in memory lets the one go that was not used for longest', async () => {
  const store = memoryAnswerStore({ maxEntries: 2 });
  const entry = (key: string) => ({ key, provider: 'p', model: 'm', answer: answer(key), storedAt: 0, expiresAt: 1 });
  await store.set(entry('a'));
  await store.set(entry('b'));
  await store.get('a');
  await store.set(entry('c'));
  expect([await store.get('a'), await store.get('b'), await store.get('c')].map((one) => one?.key)).toEqual([
    'a',
    undefined,
    'c',
  ]);
});
