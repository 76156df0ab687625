import { expect, test } from 'vitest';
import { isDuration, milliseconds } from './duration.ts';

test.each([
  ['250ms', 250],
  ['30s', 30_000],
  ['5m', 300_000],
  ['1.5h', 5_400_000],
  ['3d', 259_200_000],
  ['0s', 0],
  ['1.0005s', 1001],
  ['36500d', 3_153_600_000_000],
])('%s is %d ms', (text, ms) => {
  expect(milliseconds(text)).toBe(ms);
});

test.each(['', '3', 'd', '3 days', '-1s', '1e3s', '3d ', '٣d', '36500.01d', '99999999999d', `${'9'.repeat(400)}ms`])(
  '%j is refused with its code',
  (text) => {
    expect(isDuration(text)).toBe(false);
    expect(() => milliseconds(text)).toThrow(
      expect.objectContaining({ code: 'MR3002', retryable: false, fault: 'input' }),
    );
  },
);
