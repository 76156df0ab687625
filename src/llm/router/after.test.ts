import { describe, expect, it } from 'vitest';
import { ModelError, type ModelErrorKind } from '../errors.ts';
import { after, backoff, type Failed } from './after.ts';

const failed = (
  kind: Exclude<ModelErrorKind, 'budget'>,
  more: Partial<Failed> & { retryAfterMs?: number } = {},
): Failed => {
  const { retryAfterMs, ...rest } = more;
  const error = new ModelError('no', {
    kind,
    provider: 'p',
    model: 'm',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
  return {
    error,
    tries: 1,
    waits: 1,
    strikes: 1,
    left: 100_000,
    others: true,
    shut: false,
    random: () => 0.5,
    ...rest,
  };
};

describe('what is done after a failure', () => {
  it.each([
    // A refused key and a bad request go to nobody else.
    ['auth', { does: 'stop', disable: true }],
    ['badRequest', { does: 'stop' }],
    ['refusal', { does: 'stop' }],
    ['filtered', { does: 'stop' }],
    ['aborted', { does: 'stop' }],
    ['contextLength', { does: 'fallback', out: 'smallerWindows' }],
    ['quota', { does: 'fallback', out: 'provider', cool: { ms: 300_000, all: true } }],
    ['server', { does: 'retry', waitMs: 750 }],
    ['network', { does: 'retry', waitMs: 750 }],
    ['truncated', { does: 'fallback', avoid: true }],
    ['timeout', { does: 'fallback', avoid: true }],
    ['overloaded', { does: 'retry', waitMs: 750, cool: { ms: 750 } }],
    ['rateLimit', { does: 'retry', waitMs: 750, cool: { ms: 750 } }],
  ] as const)('%s', (kind, next) => {
    const { reason, ...rest } = after(failed(kind), {});
    expect(rest).toEqual(next);
    expect(reason).not.toBe('');
  });

  it.each([
    ['short: waits', 20_000, {}, { does: 'wait', waitMs: 20_000, cool: { ms: 20_000 } }],
    ['long, with others: they are asked', 31_000, {}, { does: 'fallback', cool: { ms: 31_000 } }],
    ['long, without others: whoever is free first', 31_000, { others: false }, { does: 'wait', cool: { ms: 31_000 } }],
    ['longer than there is time', 20_000, { left: 19_999, others: false }, { does: 'fallback', cool: { ms: 20_000 } }],
    ['said for the fourth time: waits longer', 1, { waits: 4, others: false }, { does: 'wait', cool: { ms: 3_000 } }],
    [
      'said for the third time, with others: they are asked',
      1,
      { waits: 3 },
      { does: 'fallback', cool: { ms: 1_500 } },
    ],
    ['whatever was tried before', 10, { tries: 99 }, { does: 'wait', waitMs: 10 }],
  ] as const)('Retry-After %s', (_name, retryAfterMs, more, next) => {
    for (const kind of ['rateLimit', 'overloaded'] as const)
      expect(after(failed(kind, { retryAfterMs, ...more }), {})).toMatchObject(next);
  });

  it('gives up a model after its tries, and one that says that the same would fail again at once', () => {
    for (const kind of ['server', 'network', 'timeout', 'truncated'] as const)
      expect(after(failed(kind, { tries: 3 }), {})).toMatchObject({ does: 'fallback', out: 'target' });
    expect(after(failed('server', { tries: 3 }), { retry: { attempts: 4 } })).toMatchObject({ does: 'retry' });
    const error = new ModelError('no', { kind: 'server', provider: 'p', model: 'm', retryable: false });
    expect(after({ ...failed('server'), error }, {})).toMatchObject({ does: 'fallback', out: 'target' });
  });

  it('does not wait for one that has no room for long while others have', () => {
    expect(after(failed('overloaded', { strikes: 9 }), {})).toMatchObject({ does: 'fallback', cool: { ms: 45_000 } });
    const { waitMs } = after(failed('overloaded', { strikes: 9, others: false }), {});
    expect(waitMs).toBeUndefined();
  });

  it('takes a provider at its word that the same would fail again, also when it says to wait', () => {
    const error = new ModelError('no', {
      kind: 'rateLimit',
      provider: 'p',
      model: 'm',
      retryAfterMs: 10,
      retryable: false,
    });
    expect(after({ ...failed('rateLimit'), error }, {})).toMatchObject({ does: 'fallback', out: 'target' });
  });

  it('does not wait for one that has just been shut while others can be asked', () => {
    expect(after(failed('server', { shut: true }), {})).toMatchObject({ does: 'fallback' });
    expect(after(failed('server', { shut: true, others: false }), {})).toMatchObject({ does: 'retry' });
  });

  it('does not buy another broken answer where others can be asked', () => {
    const error = new ModelError('no', { kind: 'server', provider: 'p', model: 'm', mayHaveCost: true });
    expect(after({ ...failed('server'), error }, {})).toMatchObject({ does: 'fallback', avoid: true });
    expect(after({ ...failed('server', { others: false }), error }, {})).toMatchObject({ does: 'retry' });
  });

  it('tries the same again after an answer that broke off when there is nobody else', () => {
    expect(after(failed('truncated', { others: false }), {})).toMatchObject({ does: 'retry', waitMs: 750 });
  });
});

it('waits twice as long each time, half of it by chance, up to a limit', () => {
  const waits = (random: () => number) => [1, 2, 3, 7, 99].map((times) => backoff(times, {}, random));
  expect(waits(() => 0)).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
  expect(waits(() => 1)).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
});
