import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RateWindow } from './rate-window.ts';

/** The most starts that lie in a half-open span of `per`. */
const densest = (starts: readonly number[], per: number): number =>
  Math.max(0, ...starts.map((from) => starts.filter((at) => at >= from && at < from + per).length));

it('is never exceeded in any span, and never holds back for longer than it must', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 90 }),
      fc.constantFrom(1, 7, 1000, 6400),
      fc.array(
        fc.record({ pass: fc.nat(400), begin: fc.nat(12), late: fc.nat(30), restart: fc.integer({ min: 0, max: 9 }) }),
        { maxLength: 60 },
      ),
      (limit, per, moves) => {
        let window = new RateWindow(limit, per);
        const made: number[] = [];
        let now = 1_000_000;
        for (const { pass, begin, late, restart } of moves) {
          now += pass;
          if (restart === 0) window = new RateWindow(limit, per, JSON.parse(JSON.stringify(window.starts)) as never);
          for (let n = 0; n < begin; n++) {
            const ready = window.ready(now);
            if (ready > now) {
              // It holds back because it must: small limits exactly, large ones to a 64th.
              const spans = limit > 64 ? per + per / 64 + 30 : per;
              expect(made.filter((at) => at > now - spans).length).toBeGreaterThanOrEqual(limit);
              expect(ready).toBeLessThanOrEqual(now + per + 1);
              break;
            }
            const one = window.start(now);
            // It is made a moment later than it was counted.
            now += late;
            window.begun(one, now);
            made.push(now);
          }
          expect(window.used(now)).toBeLessThanOrEqual(limit);
        }
        expect(densest(made, per)).toBeLessThanOrEqual(limit);
        expect(window.starts.length).toBeLessThanOrEqual(130);
      },
    ),
    { numRuns: 400 },
  );
});

it('lets another begin exactly when the oldest has left the span', () => {
  const window = new RateWindow(2, 100);
  for (const at of [0, 40]) window.begun(window.start(at), at);
  expect([window.ready(50), window.ready(99), window.ready(100)]).toEqual([100, 100, 100]);
  window.begun(window.start(100), 100);
  expect(window.ready(100)).toBe(140);
});

it('counts a start that is still being written down, however long that takes', () => {
  const window = new RateWindow(1, 10);
  const one = window.start(0);
  expect(window.ready(500)).toBe(501);
  window.begun(one, 500);
  expect(window.ready(501)).toBe(510);
});

it('measures from the last start on when the clock is set back', () => {
  const window = new RateWindow(1, 100);
  window.begun(window.start(5000), 5000);
  expect(window.ready(1000)).toBe(1100);
  expect(window.ready(1100)).toBe(1100);
});
