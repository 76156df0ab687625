import { expect, it } from 'vitest';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import { waitUntil } from './wait-until.ts';

const around = () => ({ clock: new SimulatedClock(), ending: new AbortController() });

it('waits until the time, and not shorter', async () => {
  const { clock, ending } = around();
  let over = false;
  const waited = waitUntil(clock, clock.now() + 100, ending.signal).then(() => (over = true));
  await clock.advance(99);
  expect(over).toBe(false);
  await clock.advance(1);
  await waited;
});

it('ends with the signal, and nothing is left of it', async () => {
  const { clock, ending } = around();
  let timers = 0;
  const counting = {
    at: (at: number, callback: () => void): (() => void) => {
      timers += 1;
      const callOff = clock.at(at, callback);
      return () => {
        timers -= 1;
        callOff();
      };
    },
  };
  const waited = waitUntil(counting, clock.now() + 100, ending.signal);
  expect(timers).toBe(1);
  ending.abort();
  await waited;
  expect(timers).toBe(0);
  await waitUntil(counting, clock.now() + 100, ending.signal);
  expect(timers).toBe(0);
});
