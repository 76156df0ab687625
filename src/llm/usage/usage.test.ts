import { expect, it } from 'vitest';
import { money } from '../money/money.ts';
import { memoryUsageStore, noUsage, type UsageRecord } from './usage.ts';

const record = (id: string, more: Partial<UsageRecord> = {}): UsageRecord => ({
  id,
  provider: 'p',
  model: 'm',
  task: 't',
  run: 'r',
  usage: { input: 100, output: 20, cacheRead: 60, cacheWrite: 30, total: 120 },
  cost: money(7, 'USD'),
  ...more,
});

it('counts tokens and money for each task, model and run, and in all', async () => {
  const store = memoryUsageStore();
  await store.add(record('1'));
  await store.add(record('2', { task: 'u', run: 's', cost: money(3, 'USD') }));
  const { all, tasks, models, runs } = await store.snapshot();
  const one = { calls: 1, input: 100, output: 20, cacheRead: 60, cacheWrite: 30, total: 120, unpriced: 0 };
  expect(tasks).toEqual({ t: { ...one, cost: [money(7, 'USD')] }, u: { ...one, cost: [money(3, 'USD')] } });
  expect(Object.keys(runs)).toEqual(['r', 's']);
  expect(models).toEqual({ m: all });
  expect(all).toMatchObject({ calls: 2, input: 200, cacheRead: 120, total: 240, cost: [money(10, 'USD')] });
});

it('counts a call once, however often it is recorded', async () => {
  const store = memoryUsageStore();
  expect(await store.add(record('1'))).toBe(true);
  expect(await store.add(record('1'))).toBe(false);
  expect((await store.snapshot()).all.calls).toBe(1);
});

it('keeps currencies apart, and says how many calls have no price', async () => {
  const store = memoryUsageStore();
  const { cost: _none, ...unpriced } = record('3');
  for (const one of [record('1'), record('2', { cost: money(5, 'EUR') }), unpriced]) await store.add(one);
  expect((await store.snapshot()).all).toMatchObject({
    cost: [money(5, 'EUR'), money(7, 'USD')],
    unpriced: 1,
    calls: 3,
  });
});

it('loses nothing to calls at the same time, and a snapshot stays as it was', async () => {
  const store = memoryUsageStore();
  const before = await store.snapshot();
  await Promise.all(
    Array.from({ length: 5_000 }, async (_, index) => {
      await Promise.resolve();
      await store.add(record(`${index}`, { run: `r${index % 7}` }));
    }),
  );
  const { all, runs } = await store.snapshot();
  expect(all).toMatchObject({ calls: 5_000, total: 600_000, cost: [money(35_000, 'USD')] });
  expect(Object.values(runs).reduce((sum, { calls }) => sum + calls, 0)).toBe(5_000);
  expect(before.all).toEqual(noUsage);
});

it('a cost that cannot be kept exactly leaves everything as it was', async () => {
  const store = memoryUsageStore();
  await store.add(record('1', { cost: money(Number.MAX_SAFE_INTEGER, 'USD') }));
  const before = await store.snapshot();
  expect(() => store.add(record('2'))).toThrow(expect.objectContaining({ code: 'MR4072' }));
  expect(await store.snapshot()).toEqual(before);
});
