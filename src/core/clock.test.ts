import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from './clock.ts';

const start = Date.UTC(2026, 0, 1);
beforeEach(() => vi.useFakeTimers({ now: start }));
afterEach(() => vi.useRealTimers());

test('an accelerated clock passes a day a second, from its origin on, in every process that knows the origin', () => {
  const origin = { real: start, virtual: start };
  const clock = systemClock({ factor: 86_400, origin });
  const other = systemClock({ factor: 86_400, origin });
  vi.advanceTimersByTime(3000);
  expect(clock.now()).toBe(start + 3 * 86_400_000);
  expect(other.now()).toBe(clock.now());
});

test('a wait ends once, never early, and can be called off', () => {
  const clock = systemClock({ factor: 60, origin: { real: start, virtual: start } });
  const seen: number[] = [];
  clock.at(start + 60_000, () => seen.push(clock.now()));
  const off = clock.at(start + 30_000, () => seen.push(-1));
  off();
  vi.advanceTimersByTime(999);
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(10_000);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toBeGreaterThanOrEqual(start + 60_000);
});

test('a wait longer than the longest timer of the platform still ends on time', () => {
  const clock = systemClock();
  const at = start + 60 * 86_400_000;
  let rang = 0;
  clock.at(at, () => (rang = clock.now()));
  vi.advanceTimersByTime(59 * 86_400_000);
  expect(rang).toBe(0);
  vi.advanceTimersByTime(86_400_001);
  expect(rang).toBeGreaterThanOrEqual(at);
});
