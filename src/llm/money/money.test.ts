import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMoney, compareMoney, formatMoney, money, parseMoney, subtractMoney } from './money.ts';

const code = (code: string) => expect.objectContaining({ code });
const micros = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });

describe('money', () => {
  it.each([
    ['0.50 USD', 500_000],
    ['12 EUR', 12_000_000],
    ['0.000001 USD', 1],
    ['  3.1 USD ', 3_100_000],
    ['-1.25 USD', -1_250_000],
    ['-0 USD', 0],
    ['9007199254.740991 USD', Number.MAX_SAFE_INTEGER],
  ])('reads %j', (text, micros) => {
    expect(parseMoney(text).micros).toBe(micros);
  });

  it.each([
    '',
    '1',
    'USD',
    '1USD',
    '1 usd',
    '1 DOLLAR',
    '1,5 USD',
    '.5 USD',
    '1. USD',
    '0.0000001 USD',
    '1e3 USD',
    'NaN USD',
  ])('refuses %j', (text) => {
    expect(() => parseMoney(text)).toThrow(code('MR4070'));
  });

  it('refuses what it cannot keep exactly', () => {
    expect(() => parseMoney('9007199254.740992 USD')).toThrow(code('MR4072'));
    expect(() => money(0.5, 'USD')).toThrow(code('MR4072'));
    expect(() => money(Number.NaN, 'USD')).toThrow(code('MR4072'));
    expect(() => addMoney(money(Number.MAX_SAFE_INTEGER, 'USD'), money(1, 'USD'))).toThrow(code('MR4072'));
  });

  it.each([
    [0, '0.00 USD'],
    [1, '0.000001 USD'],
    [500_000, '0.50 USD'],
    [-1_234_500, '-1.2345 USD'],
    [1_000_000_000, '1000.00 USD'],
  ])('writes %d millionths', (micros, text) => {
    expect(formatMoney(money(micros, 'USD'))).toBe(text);
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(micros, (micros) => {
        expect(parseMoney(formatMoney(money(micros, 'USD')))).toEqual(money(micros, 'USD'));
      }),
    );
  });

  it('adds and subtracts exactly, where floats do not', () => {
    const sum = addMoney(parseMoney('0.1 USD'), parseMoney('0.2 USD'));
    expect(formatMoney(sum)).toBe('0.30 USD');
    expect(compareMoney(sum, parseMoney('0.3 USD'))).toBe(0);
    expect(formatMoney(subtractMoney(sum, parseMoney('0.4 USD')))).toBe('-0.10 USD');
  });

  it('does not mix currencies', () => {
    const [dollar, euro] = [parseMoney('1 USD'), parseMoney('1 EUR')];
    expect(() => addMoney(dollar, euro)).toThrow(code('MR4071'));
    expect(() => subtractMoney(dollar, euro)).toThrow(code('MR4071'));
    expect(() => compareMoney(dollar, euro)).toThrow(code('MR4071'));
  });
});
