import { expect, test } from 'vitest';
import { isUnannotated, readNames } from './pattern.ts';

const names = (parameter: string, body = ''): readonly string[] | undefined =>
  readNames({ parameter, body, block: false });

test('the names that a pattern takes', () => {
  expect(names('{ input, risk }')).toEqual(['input', 'risk']);
  expect(names('{ input: { lines: [first] }, risk: r = { level: 1 }, }')).toEqual(['input', 'risk']);
  expect(names('{}')).toEqual([]);
  expect(names('')).toEqual([]);
});

test('any name, where the text does not tell', () => {
  for (const parameter of [
    '{ input, ...rest }',
    "{ 'a-b': b }",
    '{ [key]: a }',
    '{ input }: { input: Order }',
    '[a]',
    '{ a = `}` }',
  ]) {
    expect(names(parameter)).toBeUndefined();
  }
});

test('the members of a whole scope', () => {
  expect(names('scope', 'scope.input.id + scope . risk + scope?.input')).toEqual(['input', 'risk']);
  expect(names('s: Scope', 's.input + this.s')).toBeUndefined();
  for (const body of [
    'f(scope)',
    'scope[key]',
    '{ ...scope }',
    "scope['a-b']",
    'scope.a + `${scope}`',
    'const { a } = scope',
  ]) {
    expect(names('scope', body)).toBeUndefined();
  }
  expect(names('$', '$.input')).toEqual(['input']);
  expect(names('scope', 'scopes.input + myscope.x')).toEqual([]);
});

test('an annotation may refuse what it does not list', () => {
  expect(['scope', '{ a }', '{ a: { b } }'].map(isUnannotated)).toEqual([true, true, true]);
  expect(['scope: Scope', '{ a }: Scope', '{ a }: { a: 1 }', '{ ...all }'].map(isUnannotated)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
