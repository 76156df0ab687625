import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ModelRequest } from '../contract.ts';
import { estimateRequest, estimateTokens } from './estimate.ts';
import { fitOf, TokenEstimator } from './estimator.ts';

const prose = 'The quick brown fox jumps over the lazy dog. '.repeat(10);
const request = (more: Partial<ModelRequest> = {}): ModelRequest => ({
  model: 'm',
  messages: [{ role: 'user', text: prose }],
  maxOutputTokens: 100,
  ...more,
});

describe('the estimate of a text', () => {
  it('divides prose by 3.7 and JSON by 3.2, and adds a tenth', () => {
    expect(estimateTokens('a'.repeat(3_700))).toBe(1_100);
    const json = JSON.stringify({ text: 'a'.repeat(3_189) });
    expect(json).toHaveLength(3_200);
    expect(estimateTokens(json)).toBe(1_100);
  });

  it('is nothing for nothing, and at least 1 for something', () => {
    expect(estimateTokens('')).toBe(0);
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(estimateTokens(text)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('takes other ratios, and the usual one for 0 or less', () => {
    expect(estimateTokens('a'.repeat(100), { charsPerToken: 1, margin: 1 })).toBe(100);
    for (const charsPerToken of [0, -3, Number.NaN])
      expect(estimateTokens(prose, { charsPerToken })).toBe(estimateTokens(prose));
  });

  it('counts finely split scripts by the character', () => {
    expect(estimateTokens('漢'.repeat(100), { margin: 1 })).toBe(100);
    expect(estimateTokens('🦊'.repeat(100), { margin: 1 })).toBe(100);
  });

  it('leaves it to a tokenizer', () => {
    expect(estimateTokens('a b c', { tokenizer: (text) => text.split(' ').length })).toBe(3);
    for (const tokens of [-1, 0.5, Number.NaN])
      expect(() => estimateTokens('a', { tokenizer: () => tokens })).toThrow(
        expect.objectContaining({ code: 'MR4077' }),
      );
  });
});

describe('the estimate of a request', () => {
  it('counts everything that is sent, and each part once', () => {
    const plain = estimateRequest(request());
    const tool = { name: 'find', description: prose, input: z.object({ q: z.string() }) };
    const parts: readonly Partial<ModelRequest>[] = [
      { system: prose },
      { messages: [...request().messages, { role: 'tool', callId: '1', text: prose }] },
      {
        messages: [
          ...request().messages,
          { role: 'assistant', text: '', toolCalls: [{ id: '1', name: 'f', input: prose }] },
        ],
      },
      { tools: [tool] },
      { output: z.object({ answer: z.string().describe(prose) }) },
    ];
    const text = estimateTokens(prose);
    for (const part of parts) {
      const more = estimateRequest(request(part)) - plain;
      expect(more).toBeGreaterThanOrEqual(text);
      expect(more).toBeLessThan(text * 1.9);
    }
  });
});

describe('calibration', () => {
  it('learns the factor of each model from what its answers say', () => {
    const estimator = new TokenEstimator();
    const before = estimator.estimate(request());
    const real = estimateRequest(request(), { margin: 1 }) * 1.5;
    for (let call = 0; call < 20; call++) estimator.learn(request(), { input: real });
    // Rather too high, still: the margin stays.
    expect(estimator.estimate(request())).toBeGreaterThanOrEqual(real);
    expect(estimator.estimate(request()) / before).toBeCloseTo(1.5, 1);
    expect(estimator.estimate(request({ model: 'other' }))).toBe(before);
  });

  it('is not turned round by one odd call, nor by nonsense', () => {
    const estimator = new TokenEstimator();
    const real = estimateRequest(request(), { margin: 1 });
    for (let call = 0; call < 20; call++) estimator.learn(request(), { input: real });
    const before = estimator.estimate(request());
    estimator.learn(request(), { input: real * 1_000 });
    expect(estimator.estimate(request())).toBeLessThan(before * 1.7);
    for (const input of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      estimator.learn(request({ model: 'new' }), { input });
    estimator.learn(request({ model: 'new' }), { input: 50, estimated: true });
    expect(estimator.snapshot()['new']).toBeUndefined();
  });

  it('is kept by a snapshot', () => {
    const estimator = new TokenEstimator();
    estimator.learn(request(), { input: 1_000 });
    const kept = JSON.parse(JSON.stringify(estimator.snapshot())) as ReturnType<typeof estimator.snapshot>;
    const again = new TokenEstimator({ calibration: kept });
    expect(again.estimate(request())).toBe(estimator.estimate(request()));
    expect(again.estimateText(prose, 'm')).toBe(estimator.estimateText(prose, 'm'));
  });
});

it.each([
  [100, 'fits'],
  [849, 'fits'],
  [850, 'count'],
  [1_000, 'count'],
  [1_150, 'count'],
  [1_151, 'tooLong'],
] as const)('%d of 1000 tokens: %s', (estimated, fit) => {
  expect(fitOf(estimated, 1_000)).toBe(fit);
});
