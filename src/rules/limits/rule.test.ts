import { describe, expect, it } from 'vitest';
import { system, task } from '../../model/fixtures/nodes.ts';
import type { TaskNode } from '../../model/index.ts';
import { found } from '../fixtures/found.ts';
import { limits } from './rule.ts';

const check = (policy: Partial<TaskNode>) =>
  found(limits, system({ tasks: [{ ...task('t'), ...policy }] })).map(({ path, severity = 'error' }) => [
    path,
    severity,
  ]);

describe('limits', () => {
  it.each<Partial<TaskNode>>([
    {},
    { concurrency: 1, queue: 0 },
    { rateLimit: { limit: 1, per: '1s' }, queue: 5 },
    {
      rateLimit: [
        { limit: 10, per: '1s' },
        { limit: 100, per: '1m' },
      ],
    },
    { breaker: { failures: 1, reset: '1s' }, queue: 5 },
    { breaker: { failures: 5, rate: 0.5, per: '1m', reset: '30s', halfOpen: 3 } },
  ])('has nothing against %j', (policy) => expect(check(policy)).toEqual([]));

  it.each<[Partial<TaskNode>, string, string]>([
    [{ queue: 5 }, 'queue', 'warning'],
    [{ rateLimit: { limit: 1, per: '0s' } }, 'rateLimit.per', 'error'],
    [{ breaker: { failures: 1, rate: 0.5, reset: '1s' } }, 'breaker.rate', 'error'],
    [{ breaker: { failures: 1, reset: '0ms' } }, 'breaker.reset', 'error'],
    [{ breaker: { failures: 1, reset: '1s', per: '0s' } }, 'breaker.per', 'error'],
    [
      {
        rateLimit: [
          { limit: 10, per: '1m' },
          { limit: 10, per: '1s' },
        ],
      },
      'rateLimit.1',
      'warning',
    ],
    [
      {
        rateLimit: [
          { limit: 10, per: '1s' },
          { limit: 10, per: '1s' },
        ],
      },
      'rateLimit.1',
      'warning',
    ],
    [
      {
        rateLimit: [
          { limit: 20, per: '1m' },
          { limit: 10, per: '1h' },
        ],
      },
      'rateLimit.0',
      'warning',
    ],
  ])('finds what is wrong with %j', (policy, member, severity) =>
    expect(check(policy)).toEqual([[`tasks.t.${member}`, severity]]),
  );
});
