import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerKey } from './header-key.ts';

describe('an idempotency key in a header', () => {
  it('is the key itself where that is plain', () => {
    expect(headerKey("order-7:it's/a_key")).toBe("order-7:it's/a_key");
  });

  it('is taken by a request, whatever is in it, and comes out as it went in', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(text, (key) => {
        const written = headerKey(key);
        expect(new Headers({ 'idempotency-key': written }).get('idempotency-key')).toBe(written);
        expect(written).toMatch(/^[!-~]*$/);
      }),
    );
  });

  it('is another one for each key', () => {
    const keys = ['a', ' a', 'a ', 'A', 'a%20', '%61', '\u00e9', 'e\u0301', '\ud800', '\udfff', '\ufffd', '%ud800'];
    const long = ['x', 'y'].map((letter) => letter.repeat(20_000));
    const written = [...keys, ...long].map(headerKey);
    expect(new Set(written).size).toBe(written.length);
    expect(Math.max(...written.map(({ length }) => length))).toBeLessThan(4001);
  });
});
