import { expect, test } from 'vitest';
import { shorten, span, table } from './table.ts';

test('columns are as wide as their widest cell, colours aside', () => {
  expect(
    table([
      ['id', 'status'],
      ['\u001B[32mlonger\u001B[39m', 'x'],
    ]),
  ).toBe('id      status\n\u001B[32mlonger\u001B[39m  x');
});

test('long text is cut to one line', () => {
  expect(shorten('a\n  b', 10)).toBe('a b');
  expect(shorten('abcdefgh', 5)).toBe('abcd…');
});

test.each([
  [12, '12 ms'],
  [1500, '1.5 s'],
  [125_000, '2 min 5 s'],
  [7_380_000, '2 h 3 min'],
])('%d is %s', (time, text) => expect(span(time)).toBe(text));
