import { expect, it } from 'vitest';
import { call, flow, map, returns, schema, step, system } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { uselessUndo } from './rule.ts';

const undo = call('task', 'refund');
const check = (...args: Parameters<typeof flow>) => messages(uselessUndo, system({ flows: [flow(...args)] }));

it('is content when something after the step can fail', () => {
  expect(check('a', [step('pay', 'charge', { undo }), step('more', 'x')])).toEqual([]);
  expect(check('a', [step('pay', 'charge', { undo }), returns('1')])).toEqual([]);
  expect(check('a', [step('pay', 'charge', { undo })], { output: schema() })).toEqual([]);
  expect(check('a', [step('pay', 'charge', { undo })], { timeout: '1m' })).toEqual([]);
  expect(check('a', [map('all', step('pay', 'charge', { undo }))])).toEqual([]);
});

it('reports the undo of the very last step', () => {
  expect(check('a', [step('x', 'x'), step('pay', 'charge', { undo })])).toEqual([
    "The undo of step 'pay' of flow 'a' is of no use: nothing comes after it that could fail.",
  ]);
});
