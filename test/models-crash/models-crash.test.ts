import { expect, it } from 'vitest';
import { playLives } from './lives.ts';

const seed = Number(process.env['MODELS_SEED'] ?? 11);
const runs = 200;

it('pays for no answer again that is committed, whenever the process is killed amid 200 tasks of models', async () => {
  const kills = Number(process.env['MODELS_KILLS'] ?? 4);
  const report = await playLives({ kills, seed, runs });
  expect(report).toMatchObject({
    kills,
    failures: [],
    paidTwice: [],
    doubled: [],
    completed: runs,
    answers: 2 * runs,
    open: 0,
    violations: [],
  });
  // Otherwise the kills came at the wrong moments.
  expect(report.again).toBeGreaterThan(0);
  expect(report.recorded).toBeLessThan(report.paid);
  expect(report.recorded).toBeGreaterThanOrEqual(2 * runs);
  expect(report.paid).toBe(2 * runs + report.again);
  // A budget never knows of less than was spent.
  expect(report.booked).toBeGreaterThanOrEqual(report.owed);
}, 900_000);

it('the same with workers, any of which is killed, and their owner, too', async () => {
  const kills = Number(process.env['MODELS_KILLS'] ?? 3);
  const report = await playLives({ kills, seed, runs: 100, workers: 2 });
  expect(report).toMatchObject({ kills, paidTwice: [], completed: 100, answers: 200, open: 0, violations: [] });
  expect(report.again).toBeGreaterThan(0);
  expect(report.paid).toBe(200 + report.again);
  expect(report.booked).toBeGreaterThanOrEqual(report.owed);
}, 900_000);
