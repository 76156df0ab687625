import { expect, test } from 'vitest';
import { ts } from '../syntax/typescript.js';
import type { Code } from './code.ts';
import { applyEdits } from './edits.ts';
import { mergeLeaves } from './leaves.ts';
import { parse } from './parse.ts';

/** The expression that a text is. */
function expressionOf(text: string): Code {
  const { source } = parse(`(${text});`);
  const [statement] = source.statements as unknown as readonly ts.Statement[];
  if (statement === undefined || !ts.isExpressionStatement(statement)) throw new TypeError('no expression');
  const { expression } = statement;
  return { source, node: ts.isParenthesizedExpression(expression) ? expression.expression : expression };
}

/** A text after it was made to say what another does. */
function merged(own: string, after: string): string | undefined {
  const code = expressionOf(own);
  const edits = mergeLeaves(code, expressionOf(after));
  return edits && applyEdits(code.source.text, edits).slice(1, -2);
}

test('names and literals change where they stand, between the quotes that are there', () => {
  expect(merged('z.string( /* a */ "b",)', "z.number('c')")).toBe('z.number( /* a */ "c",)');
  expect(merged('{ a: 1, /* b */ c: `d` }', "{ a: 2, c: 'e' }")).toBe('{ a: 2, /* b */ c: `e` }');
  expect(merged('f("it")', "f('it\\'s')")).toBe("f('it\\'s')");
});

test('a name that is a key and a value at once', () => {
  expect(merged('({ a, /* b */ c }) => ({ c, d: a })', '({ a, e }) => ({ c: e, d: a })')).toBe(
    '({ a, /* b */ e }) => ({ c: e, d: a })',
  );
  expect(merged('({ a }) => a', "({ 'b-c': a }) => a")).toBe("({ 'b-c': a }) => a");
  expect(merged('({ a: b }) => b', '({ b }) => b')).toBe('({ b: b }) => b');
  expect(merged('({ a = 1 }) => a', '({ b = 2 }) => b')).toBe('({ b = 2 }) => b');
  expect(merged('[{ a }, { ...b }]', '[{ b }, { ...a }]')).toBe('[{ b }, { ...a }]');
});

test('what differs in more is not for this', () => {
  expect(merged('f(a)', 'f(a, b)')).toBeUndefined();
  expect(merged('f(a)', "f('a')")).toBeUndefined();
  expect(merged('f(1)', "f('1')")).toBeUndefined();
  expect(merged('{ a }', '{ ...a }')).toBeUndefined();
});
