import { expect, test } from 'vitest';
import { expression } from '../../compiler/fixtures/build-model.ts';
import { codeText, cut, givenFields, valueText } from './code-text.ts';

test.each([
  ['({ context }) => context.paid   >\n 0', 'context.paid > 0'],
  ['() => { return done; }', 'done'],
  ['() => { const a = 1; return a; }', '{ const a = 1; return a; }'],
  ["() => ({ by: 'rule' as const })", "{ by: 'rule' }"],
  ['isLarge', 'isLarge'],
])('%j computes %j', (text, code) => expect(codeText(expression(text))).toBe(code));

test.each([
  ['() => ({ reason: "a, b", at: [1, 2], "x-y": 3 })', ['reason', 'at', 'x-y']],
  ['({ context }) => ({ ...context, [key]: { deep: 1 }, now })', ['…context', '[…]', 'now']],
  ['({ output }) => output', ['output']],
  ['({ context }) => ({ n: 1 }).n + 2', []],
  ['({ context }) => context.n > 3 ? { n: 1 } : { q: 2 }', []],
  ['() => { const n = 1; return { n }; }', []],
  ['() => ({ text: `${{ a: 1 }.a}`, after: "}" })', ['text', 'after']],
])('%j gives the fields %j', (text, fields) => expect(givenFields(expression(text))).toEqual(fields));

test('a long object is told by its fields, other code is cut', () => {
  expect(valueText(expression('() => ({ first: 1, second: compute(1, 2, 3), third: [1, 2, 3, 4] })'))).toBe(
    'first, second, third',
  );
  expect(valueText(expression(`() => ${'a + '.repeat(30)}b`))).toHaveLength(40);
  expect(cut('🎉🎉🎉', 2)).toBe('🎉…');
});
