import { expect, it } from 'vitest';
import { seededRandom } from '../random.ts';
import { SimulatedClock } from '../simulated-clock.ts';
import { SeededScheduler } from './index.ts';

function orders(seed?: number): string {
  const order = new SeededScheduler({
    clock: new SimulatedClock(),
    ...(seed === undefined ? {} : { random: seededRandom(seed) }),
  });
  const { scheduler } = order.process();
  let seen = '';
  for (const name of 'abcdefgh') scheduler.soon(() => (seen += name));
  while (order.step());
  return seen;
}

it('runs callbacks in the order of the seed, or of the queue', () => {
  expect(orders()).toBe('abcdefgh');
  expect(orders(7)).toBe(orders(7));
  expect(new Set([1, 2, 3, 4, 5].map(orders)).size).toBe(5);
  expect([...orders(7)].sort().join('')).toBe('abcdefgh');
});

it('a process that stands still does nothing until it goes on, and a dead one nothing at all', () => {
  const clock = new SimulatedClock({ soon: (work) => work() });
  const order = new SeededScheduler({ clock });
  const [one, two] = [order.process(), order.process()];
  const seen: string[] = [];
  one.scheduler.soon(() => seen.push('one'));
  two.clock.at(clock.now() + 10, () => seen.push('two'));
  one.stall();
  clock.jump(20);
  while (order.step());
  expect(seen).toEqual(['two']);
  one.go();
  while (order.step());
  expect(seen).toEqual(['two', 'one']);
  one.scheduler.soon(() => seen.push('never'));
  one.kill();
  one.scheduler.soon(() => seen.push('never'));
  expect([order.step(), order.ready]).toEqual([false, 0]);
});

it('what is due and not yet called waits again when the clock is set back', () => {
  const clock = new SimulatedClock({ soon: (work) => work() });
  const order = new SeededScheduler({ clock });
  const { clock: own } = order.process();
  const due = clock.now() + 1000;
  const rang: number[] = [];
  own.at(due, () => rang.push(clock.now()));
  clock.jump(2000);
  clock.jump(-1500);
  while (order.step());
  expect(rang).toEqual([]);
  clock.jump(600);
  while (order.step());
  expect(rang).toEqual([due + 100]);
});
