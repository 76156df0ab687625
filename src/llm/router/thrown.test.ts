import { expect, it } from 'vitest';
import { ModelError } from '../errors.ts';
import { memoryUsageStore } from '../usage/usage.ts';
import { request, worldOf } from './fixtures/world.ts';

const say = { text: 'yes', usage: { input: 10, output: 5 } };
const budgets = [{ scope: 'total', limit: '1 USD' }] as const;
const refuses = (): never => {
  throw new Error('no');
};

it('what throws when it is looked at is a failure like others, and leaves nothing set aside', async () => {
  const { router, settled, providers } = worldOf({ a: [] }, { budgets });
  Object.assign(providers[0]!, {
    ask: () => {
      throw new Proxy({}, { get: refuses });
    },
  });
  const error = await settled(router.ask(request)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelError);
  expect(error).toMatchObject({ kind: 'network', provider: 'a', model: 'a-1' });
  expect(await router.budgets()).toMatchObject([{ reserved: { micros: 0 } }]);
});

it('an answer that is paid is given, also when it cannot be judged for the cache', async () => {
  const { router, settled, asked } = worldOf({ a: [say, say] }, { cache: true });
  for (let call = 0; call < 2; call++)
    expect((await settled(router.ask(request, { accept: refuses }))).answer.text).toBe('yes');
  expect(asked('a')).toHaveLength(2);
});

it('and when it cannot be counted', async () => {
  const usage = { ...memoryUsageStore(), add: refuses };
  const { router, settled } = worldOf({ a: [say] }, { usage, budgets });
  expect((await settled(router.ask(request))).answer.text).toBe('yes');
  expect(await router.budgets()).toMatchObject([{ spent: { micros: 15 }, reserved: { micros: 0 } }]);
});
