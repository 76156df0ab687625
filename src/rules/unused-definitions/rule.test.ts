import { expect, it } from 'vitest';
import { call, flow, machine, state, step, system, task } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { unusedDefinitions } from './rule.ts';

const at = task('a').location;
const agent = { kind: 'agent', name: 'writer', location: at } as const;
const resource = { kind: 'resource', name: 'mail', type: 'http', location: at } as const;

it('is content with what a step, an undo, a machine or another task uses', () => {
  const model = system({
    tasks: [
      task('charge', { needs: { resources: ['mail'] } }),
      task('refund', { model: { agent: 'writer', prompt: 'p', tools: ['lookUp'] } }),
      task('lookUp'),
      task('ring'),
    ],
    agents: [agent],
    resources: [resource],
    flows: [flow('pay', [step('x', 'charge', { undo: call('task', 'refund') })])],
    machines: [machine('m', [state('a')], { tasks: [{ alias: 'bell', name: 'ring' }] })],
  });
  expect(messages(unusedDefinitions, model)).toEqual([]);
});

it('warns of what nothing uses, flows and machines aside', () => {
  const model = system({
    tasks: [task('charge')],
    agents: [agent],
    resources: [resource],
    flows: [flow('f', [])],
    machines: [machine('m', [state('a')])],
  });
  expect(messages(unusedDefinitions, model)).toEqual([
    "Nothing in the system uses task 'charge'.",
    "Nothing in the system uses agent 'writer'.",
    "Nothing in the system uses resource 'mail'.",
  ]);
});

it('says nothing when a part of the source could not be read', () => {
  expect(messages(unusedDefinitions, system({ tasks: [task('charge')] }), { partial: true })).toEqual([]);
});
