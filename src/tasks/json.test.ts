import { describe, expect, it } from 'vitest';
import { encodeJson } from './json.ts';

describe('encodeJson', () => {
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [{ due: new Date(Number.NaN) }, /'due' is not a valid Date/],
    [{ a: [{ toJSON: () => Number.NaN }] }, /'a\[0\]' is NaN/],
    [{ a: { toJSON: () => undefined } }, /'a' has a toJSON that gives nothing/],
    [{ a: { toJSON: () => ({ b: () => 1 }) } }, /'a\.b' is a function/],
    [{ a: { [Symbol('hidden')]: 1 } }, /'a' has the key Symbol\(hidden\)/],
    [[1, undefined], /'\[1\]' is undefined/],
    [new Map(), /it is a Map/],
    [{ n: 5n }, /'n' is a bigint/],
  ];
  it.each(refused)('refuses %o with its path', (value, problem) => {
    expect(encodeJson(value)).toEqual(expect.objectContaining({ ok: false, problems: expect.stringMatching(problem) }));
  });

  const taken: readonly (readonly [unknown, string | undefined])[] = [
    [undefined, undefined],
    [-0, '0'],
    [{ a: undefined, b: null }, '{"b":null}'],
    [{ due: new Date(0) }, '{"due":"1970-01-01T00:00:00.000Z"}'],
    [{ a: { toJSON: () => null } }, '{"a":null}'],
  ];
  it.each(taken)('writes %o', (value, text) => {
    expect(encodeJson(value)).toEqual({ ok: true, value: text });
  });
});
