import { describe, expect, test } from 'vitest';
import { ModelError } from '../errors.ts';
import { modelErrorOf, type FailedCall } from './normalise.ts';

const now = Date.parse('2026-03-01T08:00:00Z');
const call: FailedCall = { provider: 'p', model: 'm', begun: false, now };

/** As both SDKs throw it. */
const rejected = (status: number | undefined, error: unknown, headers: Record<string, string> = {}): Error =>
  Object.assign(new Error('from the SDK'), { status, error, headers: new Headers(headers) });

describe('what a provider says becomes a kind', () => {
  test.each([
    ['rateLimit', 429, { type: 'error', error: { type: 'rate_limit_error', message: 'x' } }],
    ['quota', 429, { type: 'insufficient_quota', code: 'insufficient_quota', message: 'x' }],
    [
      'quota',
      429,
      { error: { type: 'rate_limit_error', message: 'x', details: { error_code: 'enforced_spend_limit_reached' } } },
    ],
    ['quota', 402, { error: { type: 'billing_error', message: 'x' } }],
    ['quota', 400, { error: { type: 'invalid_request_error', message: 'Your credit balance is too low' } }],
    ['auth', 401, undefined],
    ['auth', 403, { error: { type: 'permission_error', message: 'x' } }],
    ['badRequest', 404, { code: 'model_not_found', message: 'x' }],
    ['badRequest', 422, undefined],
    ['contextLength', 413, undefined],
    ['contextLength', 400, { code: 'context_length_exceeded', message: 'x' }],
    ['contextLength', 400, { code: 400, type: 'exceed_context_size_error', message: 'x' }],
    ['contextLength', 400, { message: 'The input token count (2000000) exceeds the maximum number of tokens allowed' }],
    ['filtered', 400, { code: 'content_policy_violation', message: 'x' }],
    ['timeout', 408, undefined],
    ['overloaded', 529, undefined],
    ['overloaded', 503, { message: 'Loading model' }],
    ['server', 500, undefined],
    ['server', 502, undefined],
    // In the middle of an answer there is no status.
    ['overloaded', undefined, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
    ['rateLimit', undefined, { code: 'rate_limit_exceeded', message: 'x' }],
    ['server', undefined, { code: 'server_error', message: 'x' }],
    ['overloaded', undefined, { code: 503, message: 'x' }],
    ['contextLength', undefined, { code: 'invalid_prompt', message: 'prompt is too long' }],
    ['rateLimit', 429, [{ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'x' } }]],
  ])('%s: %j %j', (kind, status, error) => {
    expect(modelErrorOf(rejected(status, error), call).kind).toBe(kind);
  });

  test('and costs when it comes in the middle', () => {
    const inside = rejected(undefined, { type: 'overloaded_error', message: 'x' });
    expect(modelErrorOf(inside, { ...call, begun: true })).toMatchObject({ mayHaveCost: true, retryable: true });
    expect(modelErrorOf(rejected(500, undefined), call)).toMatchObject({ mayHaveCost: false, status: 500 });
  });
});

describe('how long to wait', () => {
  test.each([
    [{ 'retry-after': '70' }, 70_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '120', 'retry-after': '9' }, 120],
    [{ 'retry-after': 'Sun, 01 Mar 2026 08:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 07:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-3' }, undefined],
    [{}, undefined],
  ])('%j', (headers, ms) => {
    expect(modelErrorOf(rejected(429, undefined, headers), call).retryAfterMs).toBe(ms);
  });

  test('also where only the text says it', () => {
    const error = modelErrorOf(rejected(429, { message: 'Quota exceeded. Please retry in 12.5s.' }), call);
    expect(error).toMatchObject({ kind: 'rateLimit', retryAfterMs: 12_500 });
  });

  test('and whether at all', () => {
    const headers = { 'x-should-retry': 'false' };
    expect(modelErrorOf(rejected(500, undefined, headers), call).retryable).toBe(false);
  });
});

test('what has a cause is told by it: a refused connection cost nothing, a lost one may have', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' });
  const outer = new Error('Connection error.', { cause: new TypeError('fetch failed', { cause }) });
  expect(modelErrorOf(outer, call)).toMatchObject({
    kind: 'network',
    mayHaveCost: false,
    message: expect.stringContaining('ECONNREFUSED'),
  });
  const lost = new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
  expect(modelErrorOf(lost, call)).toMatchObject({ kind: 'network', mayHaveCost: true });
  expect(modelErrorOf(lost, { ...call, begun: true })).toMatchObject({ kind: 'truncated', mayHaveCost: true });
});

test('a failure of ours comes through an SDK as it is, and a key does not come through at all', () => {
  const own = new ModelError('x', { kind: 'badRequest', code: 'MR4018', provider: 'p', model: 'm' });
  expect(modelErrorOf(new Error('Connection error.', { cause: own }), call)).toBe(own);
  const told = rejected(401, { message: `Incorrect API key provided: sk-mine-1234. ${'long '.repeat(200)}` });
  const { message } = modelErrorOf(told, { ...call, secret: 'sk-mine-1234' });
  expect(message).not.toContain('sk-mine');
  expect(message.length).toBeLessThan(450);
});

test.each([undefined, null, 'text', 7, {}, Object.create(null)])('whatever is thrown (%j) has a type', (thrown) => {
  expect(modelErrorOf(thrown, call)).toBeInstanceOf(ModelError);
});
