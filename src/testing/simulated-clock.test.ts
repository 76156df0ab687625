import { describe, expect, it } from 'vitest';
import { seededRandom, SimulatedClock } from './index.ts';

describe('SimulatedClock', () => {
  it('fires in order of time, then of setting, each at its own time', async () => {
    const clock = new SimulatedClock({ start: 0 });
    const seen: string[] = [];
    for (const [name, at] of [
      ['c', 30],
      ['a', 10],
      ['b', 20],
      ['b2', 20],
    ] as const)
      clock.at(at, () => seen.push(`${name}@${clock.now()}`));
    await clock.advance(25);
    expect(seen).toEqual(['a@10', 'b@20', 'b2@20']);
    expect(clock.now()).toBe(25);
    expect(clock.pending).toBe(1);
    expect(clock.next).toBe(30);
  });

  it('lets what a timer set off finish before time goes on', async () => {
    const clock = new SimulatedClock({ start: 0 });
    const seen: number[] = [];
    const tick = async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.resolve();
      seen.push(clock.now());
      if (seen.length < 3) clock.at(clock.now() + 1000, () => void tick());
    };
    clock.at(1000, () => void tick());
    await clock.advance('1h');
    expect(seen).toEqual([1000, 2000, 3000]);
    expect(clock.now()).toBe(3_600_000);
  });

  it('calls off', async () => {
    const clock = new SimulatedClock();
    let rang = false;
    clock.at(clock.now() + 5, () => (rang = true))();
    expect(await clock.advanceToNext()).toBe(false);
    expect(rang).toBe(false);
  });

  it('fires what is already due without being moved', async () => {
    const clock = new SimulatedClock({ start: 100 });
    await new Promise<void>((resolve) => clock.at(50, resolve));
    expect(clock.now()).toBe(100);
  });

  it('runs until idle, or until a time', async () => {
    const clock = new SimulatedClock({ start: 0 });
    let count = 0;
    const again = (): void => {
      count++;
      clock.at(clock.now() + 1000, again);
    };
    again();
    await clock.runUntilIdle({ until: 3500 });
    expect([count, clock.now()]).toEqual([4, 3500]);
    await expect(clock.runUntilIdle({ limit: 10 })).rejects.toThrow('not idle after 10 moves');
  });
});

describe('seededRandom', () => {
  it('repeats itself for the same seed and spreads over [0, 1)', () => {
    const take = (seed: number | string) => Array.from({ length: 1000 }, seededRandom(seed));
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
    expect(take('a')).not.toEqual(take('b'));
    const values = take('spread');
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(values.reduce((a, b) => a + b) / values.length).toBeCloseTo(0.5, 1);
  });
});

it('jumps both ways: what is due fires late, what is not due any more waits again', async () => {
  const clock = new SimulatedClock();
  const start = clock.now();
  const rang: number[] = [];
  for (const minutes of [10, 20, 90]) clock.at(start + minutes * 60_000, () => rang.push(minutes));
  clock.jump(3_600_000);
  clock.jump(-3_000_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect([clock.now() - start, rang]).toEqual([600_000, [10]]);
  clock.jump(-600_000);
  await clock.advance('25m');
  expect(rang).toEqual([10, 20]);
  await clock.runUntilIdle();
  expect([clock.now() - start, rang]).toEqual([5_400_000, [10, 20, 90]]);
});
