import { expect, it } from 'vitest';
import { flow, map, returns, step, system } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { afterReturns } from './rule.ts';

const check = (...steps: Parameters<typeof flow>[1]) =>
  messages(afterReturns, system({ flows: [flow('fulfil', steps)] }));

it('is content when returns comes last', () => {
  expect(check(step('a', 'x'), map('m', returns('1')), returns('2'))).toEqual([]);
});

it('reports what comes after it, in any body', () => {
  expect(check(returns('1'), step('a', 'x'))).toEqual(["Flow 'fulfil' has step 'a' after `returns`: it never runs."]);
  expect(check(map('m', returns('1'), returns('2')))).toEqual([
    "Flow 'fulfil' has a second `returns` after `returns`: it never runs.",
  ]);
});
