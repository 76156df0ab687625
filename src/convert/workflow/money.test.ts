import { expect, test } from 'vitest';
import { amountOf, dollarsIn } from './money.ts';

test.each([
  [1.5, '1.5 USD'],
  [20, '20 USD'],
  [0.000_001, '0.000001 USD'],
])('%d is %s, there and back', (number, amount) => {
  expect(amountOf(number)).toBe(amount);
  expect(dollarsIn(amount)).toBe(number);
});

test('what cannot be said is nothing', () => {
  expect([0, -1, 1e-9, 1e300, Number.NaN].map(amountOf)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(dollarsIn('1 EUR')).toBeUndefined();
});
