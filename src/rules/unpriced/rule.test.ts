import { expect, it } from 'vitest';
import { performed } from '../fixtures/performed.ts';
import type { RuleWorld } from '../rule.ts';
import { unpriced } from './rule.ts';

const world: RuleWorld = { models: (id) => ({ dear: 'priced', own: 'unpriced' } as const)[id] };
const check = (agent: string, budget = false) =>
  performed(unpriced, { agent, ...(budget ? { system: "budget: { run: '1 USD' }" } : {}) }, world);

it('has nothing against prices that are known, nor against others without a budget', async () => {
  expect(await check("model: 'dear'", true)).toEqual([]);
  expect(await check("model: 'own'")).toEqual([]);
  expect(await check("role: 'fast'", true)).toEqual([]);
});

it('reports a model without a price where there is a budget', async () => {
  expect(await check("model: 'own'", true)).toEqual([
    "agents.clerk.model error: The system has a budget, and the price of the model 'own' of agent 'clerk' is not known: it would never be asked.",
  ]);
});

it('reports a model that nobody knows', async () => {
  expect(await check("model: 'daer'")).toEqual([
    "agents.clerk.model error: Agent 'clerk' names the model 'daer', which is not in the catalogue.",
  ]);
});

it('says nothing where no catalogue is known', async () => {
  expect(await performed(unpriced, { agent: "model: 'daer'" })).toEqual([]);
});
