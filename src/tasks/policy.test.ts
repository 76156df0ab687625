import { describe, expect, it } from 'vitest';
import { idempotencyKey, retryDelay, stepPolicy } from './policy.ts';

describe('retryDelay', () => {
  const waits = (policy: Parameters<typeof retryDelay>[0]) => [1, 2, 3, 4].map((failed) => retryDelay(policy, failed));

  it('is exponential from a second by default', () => expect(waits({ attempts: 5 })).toEqual([1000, 2000, 4000, 8000]));
  it('is fixed', () => expect(waits({ attempts: 5, backoff: 'fixed', delay: '2s' })).toEqual([2000, 2000, 2000, 2000]));
  it('is linear', () =>
    expect(waits({ attempts: 5, backoff: 'linear', delay: '500ms' })).toEqual([500, 1000, 1500, 2000]));
  it('is capped', () => expect(waits({ attempts: 5, delay: '2s', maxDelay: '5s' })).toEqual([2000, 4000, 5000, 5000]));
  it('never grows beyond an hour unless told to', () => {
    expect(retryDelay({ attempts: 99 }, 60)).toBe(3_600_000);
    expect(retryDelay({ attempts: 99, delay: '2h' }, 3)).toBe(7_200_000);
  });
  it('is spread by a seeded random', () => {
    expect(retryDelay({ attempts: 3, jitter: true }, 1, () => 0)).toBe(500);
    expect(retryDelay({ attempts: 3, jitter: true }, 1, () => 0.5)).toBe(750);
  });
});

describe('stepPolicy', () => {
  it('tries once and for 30 s when nothing is declared', () =>
    expect(stepPolicy({})).toEqual({ attempts: 1, timeoutMs: 30_000, retry: {} }));
  it('lets the step override parts', () => {
    expect(
      stepPolicy({ retry: { attempts: 5, delay: '2s' }, timeout: '1m' }, { retry: { attempts: 2 }, timeout: '5s' }),
    ).toEqual({
      attempts: 2,
      timeoutMs: 5_000,
      retry: { attempts: 2, delay: '2s' },
    });
  });
  it('means 4 attempts by a retry that does not say', () =>
    expect(stepPolicy({}, { retry: { delay: '1s' } }).attempts).toBe(4));
});

describe('idempotencyKey', () => {
  it('is the same for the same step and differs for any other', () => {
    const key = idempotencyKey('run-1', 'payment');
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(idempotencyKey('run-1', 'payment', 0)).toBe(key);
    expect(
      new Set([
        key,
        idempotencyKey('run-1', 'payment', 1),
        idempotencyKey('run-1', 'pay'),
        idempotencyKey('run-', '1payment'),
      ]).size,
    ).toBe(4);
  });
});
