import { expect, it } from 'vitest';
import { system, task } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { keys } from './rule.ts';

it('is content when each member stands under its name', () => {
  expect(messages(keys, system({ tasks: [task('charge')] }))).toEqual([]);
});

it('reports a key that is not the name', () => {
  const model = { ...system(), tasks: { pay: task('charge') } };
  expect(messages(keys, model)).toEqual(["'tasks' holds 'charge' under the key 'pay'."]);
});
