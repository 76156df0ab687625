import { expect, it } from 'vitest';
import { originOf, renamePath, reverse } from './renamed.ts';

it('renames a path and what lies below it, by the longest rule, and keeps the numbers of rounds', () => {
  const rules = {
    pay: 'charge',
    'prepared/stock': 'prepared/goods',
    'prepared/stock/held/line': 'prepared/goods/kept/line',
  };
  expect(
    [
      'pay',
      'pay/~undo',
      'payment',
      'prepared/stock/held',
      'prepared/stock/held[3]/line/~undo',
      'prepared[1]/stock',
    ].map((path) => renamePath(rules, path)),
  ).toEqual([
    'charge',
    'charge/~undo',
    'payment',
    'prepared/goods/held',
    'prepared/goods/kept[3]/line/~undo',
    'prepared[1]/goods',
  ]);
  expect(renamePath({ 'a/b': 'b' }, 'a[1]/b[2]/c[3]')).toBe('b[2]/c[3]');
  expect(renamePath({ a: 'b', b: 'a' }, 'a')).toBe('b');
});

it('leads back to the first name through several migrations, and a new step of an old name to none that was used', () => {
  const origin = originOf(JSON.stringify([reverse({ a: 'b' }, '2.0.0'), reverse({ b: 'c', x: 'b' }, '3.0.0')]));
  expect(['c', 'c/~undo', 'b', 'a', 'x', 'y'].map(origin)).toEqual(['a', 'a/~undo', 'x', '~2.0.0/a', '~3.0.0/x', 'y']);
  expect(originOf(null)('a[1]/b')).toBe('a[1]/b');
});
