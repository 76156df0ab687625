import { expect, it } from 'vitest';
import { Budget } from './budget.ts';
import { AnswerCache } from '../cache/cache.ts';
import { openCatalogue } from '../catalogue/catalogue.ts';
import { collect } from '../collect.ts';
import { buildContext, contextLimit, contextMessages } from '../context/build.ts';
import type { ModelRequest } from '../contract.ts';
import { ModelError } from '../errors.ts';
import { costOf, mostOf } from '../money/cost.ts';
import { addMoney, compareMoney, money, parseMoney } from '../money/money.ts';
import { scriptedProvider } from '../providers/scripted/index.ts';
import { TokenEstimator } from '../tokens/estimator.ts';
import { memoryUsageStore } from '../usage/usage.ts';

it('estimate, reservation, call, settlement, usage and cache agree: what is paid is what is booked, and a hit is free', async () => {
  const model = openCatalogue().get('claude-haiku-5-5');
  const tokens = new TokenEstimator();
  const budget = new Budget({ limits: [{ scope: 'run', limit: '0.01 USD' }] });
  const usage = memoryUsageStore();
  const cache = new AnswerCache();
  let bill = money(0, 'USD');
  // A server that counts a fifth more tokens than the characters would say, and bills them.
  const provider = scriptedProvider((request) => {
    const input = Math.ceil((JSON.stringify(request.messages).length / 3.7) * 1.2);
    const used = { input, output: 180, cacheRead: 0, cacheWrite: 0 };
    bill = addMoney(bill, costOf(used, model.prices) ?? money(0, 'USD'));
    return { text: 'An answer.', usage: used };
  });

  const ask = async (id: string, question: string) => {
    const context = buildContext([{ id: 'rules', kind: 'policy', text: 'Be brief. '.repeat(200) }], {
      limitTokens: contextLimit(model),
    });
    const request: ModelRequest = { model: model.id, maxOutputTokens: 200, ...contextMessages(context, question) };
    return cache.ask(request, { provider: provider.name }, async (signal) => {
      const call = { id, provider: provider.name, model: model.id, run: 'r', task: 't' };
      const most = mostOf({ input: tokens.estimate(request), maxOutput: request.maxOutputTokens }, model.prices);
      const reservation = await budget.reserve(call, most);
      const answer = await collect(provider.ask(request, { signal }));
      tokens.learn(request, answer.usage);
      const cost = costOf(answer.usage, model.prices);
      await reservation.settle(cost);
      await usage.add({ ...call, usage: answer.usage, ...(cost === undefined ? {} : { cost }) });
      return answer;
    });
  };

  const outcomes = await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      ask(`call ${index}`, `Question ${index % 150}?`).then(
        ({ from }) => from,
        (error: unknown) => (error instanceof ModelError ? error.code : error),
      ),
    ),
  );
  const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
  // Half of them ask what the other half asks at the same time. What does not fit is refused, and nothing else happens.
  expect(count('model') + count('shared') + count('MR4080')).toBe(300);
  expect(count('model')).toBe(provider.asked.length);
  expect(count('shared')).toBe(count('model'));
  expect(count('MR4080')).toBeGreaterThan(0);

  const [state] = await budget.state();
  expect(state?.spent).toEqual(bill);
  expect(state?.reserved.micros).toBe(0);
  expect((await usage.snapshot()).runs['r']?.cost).toEqual([bill]);
  expect(compareMoney(bill, parseMoney('0.01 USD'))).toBeLessThanOrEqual(0);

  const before = provider.asked.length;
  expect((await ask('again', 'Question 0?')).from).toBe('cache');
  expect(provider.asked).toHaveLength(before);
});
