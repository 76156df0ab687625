import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MinuteLimits } from './limits.ts';

describe('limits of a minute', () => {
  it('lets so many requests through in any 60 seconds, and says when the next may begin', () => {
    const limits = new MinuteLimits({ requestsPerMinute: 2 });
    expect(limits.freeAt(1_000, 5)).toBe(1_000);
    limits.begin(1_000, 5);
    limits.begin(3_000, 5);
    expect(limits.freeAt(4_000, 5)).toBe(61_000);
    expect(limits.freeAt(61_000, 5)).toBe(61_000);
    limits.begin(61_000, 5);
    expect(limits.freeAt(61_000, 5)).toBe(63_000);
  });

  it('counts tokens as they were reserved, then as they were used', () => {
    const limits = new MinuteLimits({ tokensPerMinute: 100 });
    const first = limits.begin(0, 80);
    expect(limits.freeAt(10, 21)).toBe(60_000);
    expect(limits.freeAt(10, 20)).toBe(10);
    limits.end(first, 30);
    expect(limits.freeAt(10, 70)).toBe(10);
    limits.drop(limits.begin(10, 70));
    expect(limits.read(10)).toEqual({ requests: 1, tokens: 30, underWay: 0 });
  });

  it('does not take off again what has fallen out of sight', () => {
    const limits = new MinuteLimits({ tokensPerMinute: 100 });
    const slow = limits.begin(0, 80);
    expect(limits.freeAt(60_000, 100)).toBe(60_000);
    limits.end(slow, 10);
    expect(limits.read(60_000)).toEqual({ requests: 0, tokens: 0, underWay: 0 });
  });

  it('waits for others to end where so many may be under way', () => {
    const limits = new MinuteLimits({ concurrency: 1 });
    const use = limits.begin(0, 1);
    expect(limits.freeAt(0, 1)).toBe(Number.POSITIVE_INFINITY);
    limits.end(use, 1);
    expect(limits.freeAt(0, 1)).toBe(0);
  });

  it('never lets more through in any minute than was said, whatever comes when', () => {
    const calls = fc.array(fc.record({ gap: fc.nat(30_000), tokens: fc.integer({ min: 1, max: 50 }) }), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(calls, (calls) => {
        const limits = new MinuteLimits({ requestsPerMinute: 7, tokensPerMinute: 120 });
        const begun: { readonly at: number; readonly tokens: number }[] = [];
        let now = 0;
        for (const { gap, tokens } of calls) {
          now = limits.freeAt(now + gap, tokens);
          // What it says is when it is free: not later than that either.
          expect(limits.freeAt(now, tokens)).toBe(now);
          limits.begin(now, tokens);
          begun.push({ at: now, tokens });
          const minute = begun.filter(({ at }) => at > now - 60_000);
          expect(minute.length).toBeLessThanOrEqual(7);
          expect(minute.reduce((sum, one) => sum + one.tokens, 0)).toBeLessThanOrEqual(120);
        }
      }),
    );
  });
});
