import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, mostOf, type Prices } from './cost.ts';

const code = (code: string) => expect.objectContaining({ code });
const usage = (input: number, output: number, cacheRead = 0, cacheWrite = 0) => ({
  input,
  output,
  cacheRead,
  cacheWrite,
});
const prices: Prices = {
  currency: 'USD',
  inputPerMTok: 0.1,
  outputPerMTok: 0.5,
  cacheReadPerMTok: 0.01,
  cacheWritePerMTok: 0.125,
  longPrompt: {
    overInputTokens: 100_000,
    inputPerMTok: 0.5,
    outputPerMTok: 2.5,
    cacheReadPerMTok: 0.05,
    cacheWritePerMTok: 0.625,
  },
};

describe('the cost of tokens', () => {
  it('prices input, output and both sides of the cache apart', () => {
    expect(costOf(usage(1_000_000, 0), { ...prices, longPrompt: undefined })?.micros).toBe(100_000);
    expect(costOf(usage(0, 1_000_000), prices)?.micros).toBe(500_000);
    expect(costOf(usage(100_000, 0, 100_000), prices)?.micros).toBe(1_000);
    expect(costOf(usage(100_000, 0, 0, 100_000), prices)?.micros).toBe(12_500);
    expect(costOf(usage(100_000, 10_000, 60_000, 30_000), prices)?.micros).toBe(1_000 + 5_000 + 600 + 3_750);
  });

  it('takes the dearer rates for the whole of a long prompt, from the first token above', () => {
    expect(costOf(usage(100_000, 1_000), prices)?.micros).toBe(10_500);
    expect(costOf(usage(100_001, 1_000), prices)?.micros).toBe(52_501);
  });

  it('rounds up, once', () => {
    expect(costOf(usage(1, 0), prices)?.micros).toBe(1);
    expect(costOf(usage(1, 1), prices)?.micros).toBe(1);
    expect(costOf(usage(0, 0), prices)?.micros).toBe(0);
  });

  it('is exact where floats are not', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), fc.nat(1e6), fc.nat(1e6), (input, output, inRate, outRate) => {
        const cost = costOf(usage(input, output), {
          currency: 'USD',
          inputPerMTok: inRate / 1_000,
          outputPerMTok: outRate / 1_000,
        });
        const exact = (BigInt(input) * BigInt(inRate) + BigInt(output) * BigInt(outRate)) * 1_000n;
        const micros = BigInt(cost?.micros ?? -1) * 1_000_000n;
        expect(micros >= exact && micros - exact < 1_000_000n).toBe(true);
      }),
    );
  });

  it('is not known without a price, or when what was written to the cache has none', () => {
    expect(costOf(usage(1, 1), undefined)).toBeUndefined();
    const some: Prices = { currency: 'USD', inputPerMTok: 1, outputPerMTok: 1 };
    expect(costOf(usage(10, 1, 0, 5), some)).toBeUndefined();
    // What the cache had costs at most what other input does.
    expect(costOf(usage(1_000_000, 0, 1_000_000), some)?.micros).toBe(1_000_000);
  });

  it.each([usage(-1, 0), usage(1.5, 0), usage(Number.NaN, 0), usage(1, 0, 1, 1)])('refuses %j', (tokens) => {
    expect(() => costOf(tokens, prices)).toThrow(code('MR4076'));
  });

  it.each([-1, 0.000_000_1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d as a price', (inputPerMTok) => {
    expect(() => costOf(usage(1, 1), { currency: 'USD', inputPerMTok, outputPerMTok: 1 })).toThrow(code('MR4073'));
  });
});

describe('the most that a request may cost', () => {
  it('takes all of the input as written to the cache where that is dearer', () => {
    expect(mostOf({ input: 100_000, maxOutput: 1_000 }, prices)?.micros).toBe(12_500 + 500);
    expect(mostOf({ input: 1_000, maxOutput: 0 }, { currency: 'USD', inputPerMTok: 1, outputPerMTok: 1 })?.micros).toBe(
      1_000,
    );
    expect(mostOf({ input: 1, maxOutput: 1 }, undefined)).toBeUndefined();
  });

  it('is never less than what any use of it costs', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat(300_000), fc.nat(10_000), share, share, share, (input, maxOutput, out, read, write) => {
        const cacheRead = Math.floor(input * read);
        const cacheWrite = Math.floor((input - cacheRead) * write);
        const cost = costOf(usage(input, Math.floor(maxOutput * out), cacheRead, cacheWrite), prices);
        expect(cost?.micros).toBeLessThanOrEqual(mostOf({ input, maxOutput }, prices)?.micros ?? -1);
      }),
    );
  });
});
