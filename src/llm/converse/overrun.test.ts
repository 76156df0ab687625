import { expect, it } from 'vitest';
import { z } from 'zod';
import { ModelError } from '../errors.ts';
import { noTokens } from '../usage/sum.ts';
import { converse } from './converse.ts';

it('an answer that has overrun a budget leads to nothing more, also when it is taken again after a crash', async () => {
  const about = { provider: 'p', model: 'm' };
  const overrun = new ModelError('Overrun.', {
    kind: 'budget',
    code: 'MR4081',
    ...about,
    details: { account: 'run r' },
  });
  const answer = { ...about, text: '', toolCalls: [{ id: '1', name: 'look', input: 1 }], usage: noTokens };
  const kept = new Map<string, string>();
  let looked = 0;
  let paid = false;
  const hold = () =>
    converse(
      {
        isOverrun: async (account) => account === 'run r' && !paid,
        ask: async () => ({
          answer: { ...answer, finish: 'toolCalls' },
          from: 'model',
          usage: noTokens,
          reason: '',
          asked: [],
          overrun,
        }),
      },
      {
        prompt: 'Look.',
        output: z.object({ text: z.string() }),
        maxOutputTokens: 10,
        tools: [{ name: 'look', description: 'Looks.', input: z.number() }],
      },
      {
        use: async () => ({ text: String((looked += 1)) }),
        keep: async (place, make) => {
          const key = JSON.stringify(place);
          if (!kept.has(key)) kept.set(key, JSON.stringify(await make()));
          return JSON.parse(kept.get(key) ?? '');
        },
      },
    );
  for (let life = 0; life < 2; life++)
    await expect(hold()).rejects.toMatchObject({ name: 'ModelError', code: 'MR4081', retryable: false });
  expect(looked).toBe(0);
  // Once there is money again it goes on with the answer that was paid.
  paid = true;
  await expect(hold()).rejects.toMatchObject({ code: 'MR4081' });
  expect(looked).toBe(1);
});
