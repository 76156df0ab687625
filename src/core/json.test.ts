import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, deepFreeze } from './json.ts';

test('the order of keys does not show, that of lists does', () => {
  expect(canonicalJson({ b: [2, 1], a: { d: 1, c: undefined } })).toBe('{"a":{"d":1},"b":[2,1]}');
  expect(canonicalJson(undefined)).toBe('null');
});

test('canonical text parses back to the value, whatever the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('freezing reaches the leaves', () => {
  const value = deepFreeze({ list: [{ leaf: 1 }] });
  expect(() => Object.assign(value.list[0]!, { leaf: 2 })).toThrow(TypeError);
});
