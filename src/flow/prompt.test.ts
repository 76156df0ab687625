import { expect, it } from 'vitest';
import { inPrompt, promptOf } from './prompt.ts';

it.each([
  ['a "text"', 'a "text"'],
  [{ a: [1] }, '{"a":[1]}'],
  [0, '0'],
  [false, 'false'],
  [null, 'null'],
  [undefined, ''],
  [() => 1, ''],
])('%j stands in a prompt as %s', (value, text) => expect(inPrompt(value)).toBe(text));

it('takes values from the input, and nothing from anywhere else', () => {
  const input = { a: { b: ['x', { c: 2 }] }, 'd-e': null };
  expect(promptOf('{{ a.b.0 }} {{ a.b.1.c }} {{ a.b }} {{ d-e }}|{{ none.at.all }}|')({ input })).toBe(
    'x 2 ["x",{"c":2}] null||',
  );
  expect(promptOf('{{ constructor.name }}{{ a.__proto__ }}{{ a.b.length }}')({ input })).toBe('2');
  expect(promptOf('{{ input }}')({ input: 'all' })).toBe('all');
});
