import { expect, it } from 'vitest';
import { SimulatedClock } from '../../testing/simulated-clock.ts';
import { renewing } from './renewing.ts';

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

it('renews at each third, over a renewal that fails, until it is lost or ended', async () => {
  const clock = new SimulatedClock();
  const answers = [() => Promise.resolve(true), () => Promise.reject(new Error('away')), () => Promise.resolve(false)];
  let asked = 0;
  renewing(clock, 300, () => (answers[asked++] ?? (() => Promise.resolve(true)))());
  const seen: number[] = [];
  for (let third = 0; third < 5; third++) {
    await clock.advance(100);
    await settled();
    seen.push(asked);
  }
  expect(seen).toEqual([1, 2, 3, 3, 3]);
  let more = 0;
  const end = renewing(clock, 300, () => Promise.resolve(++more > 0));
  await clock.advance(100);
  await settled();
  end();
  await clock.advance(1000);
  expect(more).toBe(1);
});
