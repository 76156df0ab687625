import { expect, it } from 'vitest';
import { performed } from '../fixtures/performed.ts';
import { agentModel } from './rule.ts';

it.each(["role: 'fast'", "model: 'gpt-5'", ''])('has nothing against { %s }', async (agent) => {
  expect(await performed(agentModel, { agent })).toEqual([]);
});

it('reports a role that is never looked at', async () => {
  expect(await performed(agentModel, { agent: "role: 'fast', model: 'gpt-5'" })).toEqual([
    "agents.clerk.role warning: Agent 'clerk' has the model 'gpt-5' and the role 'fast': the role is never looked at.",
  ]);
});
