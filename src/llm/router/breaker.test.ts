import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.ts';
import { CallWindow } from './window.ts';

const after = (breaker: Breaker, now: number, outcomes: string): void => {
  for (const one of outcomes) breaker.end(now, { probe: breaker.begin(), failed: one === 'x', took: 10 });
};

describe('the window', () => {
  it('has the share of failures and the mean time of answers of its last while, and forgets', () => {
    const window = new CallWindow(60_000);
    window.add(0, false, 100);
    window.add(1_000, false, 300);
    window.add(30_000, true, 9_000);
    expect(window.read(30_000)).toEqual({ calls: 3, failures: 1, errorRate: 1 / 3, latencyMs: 200 });
    expect(window.read(60_000)).toEqual({ calls: 1, failures: 1, errorRate: 1 });
    expect(window.read(90_000)).toEqual({ calls: 0, failures: 0, errorRate: 0 });
  });
});

describe('the breaker', () => {
  it('opens at half of at least five, and not before', () => {
    const breaker = new Breaker({});
    after(breaker, 0, 'xxxx');
    expect(breaker.state(0)).toBe('closed');
    after(breaker, 0, 'x');
    expect(breaker.state(0)).toBe('open');
    const other = new Breaker({});
    after(other, 0, 'ooooooxxxxx');
    expect(other.state(0)).toBe('closed');
    after(other, 0, 'x');
    expect(other.state(0)).toBe('open');
  });

  it('does not count what has fallen out of the window', () => {
    const breaker = new Breaker({});
    after(breaker, 0, 'xxxx');
    after(breaker, 60_001, 'x');
    expect(breaker.state(60_001)).toBe('closed');
  });

  it('lets one decide after its time, and leaves it alone for twice as long when that fails', () => {
    const breaker = new Breaker({ coolDownMs: 1_000, maxCoolDownMs: 3_000 });
    after(breaker, 0, 'xxxxx');
    expect([breaker.freeAt(), breaker.state(999), breaker.state(1_000)]).toEqual([1_000, 'open', 'halfOpen']);
    expect(breaker.begin()).toBe(true);
    expect(breaker.freeAt()).toBe(Number.POSITIVE_INFINITY);
    expect(breaker.end(1_100, { probe: true, failed: true, took: 1 })).toBe('opened');
    expect(breaker.freeAt()).toBe(3_100);
    breaker.end(3_200, { probe: breaker.begin(), failed: true, took: 1 });
    expect(breaker.freeAt()).toBe(6_200);
    expect(breaker.end(6_300, { probe: breaker.begin(), failed: false, took: 1 })).toBe('closed');
    expect(breaker.state(6_300)).toBe('closed');
    // It starts anew: what was before is forgotten, and the next time is short again.
    after(breaker, 6_400, 'xxxx');
    expect(breaker.state(6_400)).toBe('closed');
    after(breaker, 6_400, 'x');
    expect(breaker.freeAt()).toBe(7_400);
  });

  it('lets another one decide when the first was called off', () => {
    const breaker = new Breaker({ coolDownMs: 1_000 });
    after(breaker, 0, 'xxxxx');
    breaker.end(1_500, { probe: breaker.begin(), took: 1 });
    expect(breaker.state(1_500)).toBe('halfOpen');
    expect(breaker.freeAt()).toBe(1_000);
  });

  it('is not opened further by calls that began before it opened', () => {
    const breaker = new Breaker({ coolDownMs: 1_000 });
    after(breaker, 0, 'xxxxx');
    expect(breaker.end(500, { probe: false, failed: true, took: 1 })).toBeUndefined();
    expect(breaker.freeAt()).toBe(1_000);
  });
});
