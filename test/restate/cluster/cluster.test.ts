/** A small load on a real cluster; `npm run cluster -- --runs 1000` is a large one. */
import { expect, it } from 'vitest';
import { restateIsInstalled } from '../../../src/restate/fixtures/installed.ts';
import { failover } from './failover.ts';

it.skipIf(!restateIsInstalled())(
  'loses no run when nodes are killed and cut off, and repeats at most what was under way',
  { timeout: 120_000 },
  async () => {
    const runs = Number(process.env['RUNS'] ?? 60);
    const { lost, violations, losses, executions, skipped } = await failover(runs, () => {});
    if (skipped !== undefined) console.log(`No partition: ${skipped}.`);
    expect({ lost, violations }).toEqual({ lost: [], violations: [] });
    expect(losses).toEqual(skipped === undefined ? ['killed n2', 'cut off n3'] : ['killed n2']);
    expect(executions).toBeGreaterThanOrEqual(runs * 8);
  },
);
