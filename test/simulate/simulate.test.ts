import { openMemory, openSqlite } from 'millrace/store';
import { describe, expect, it } from 'vitest';
import { history } from './history.ts';

const seeds = Number(process.env['SIMULATE_SEEDS'] ?? 200);
const from = Number(process.env['SIMULATE_FROM'] ?? 1);

describe('seeded histories', () => {
  it(`${seeds} of them hold what is promised`, async () => {
    const bad: string[] = [];
    for (let seed = from; seed < from + seeds; seed++) {
      const store = seed % 4 === 0 ? openSqlite(':memory:') : openMemory();
      const { violations } = await history(seed, { store: () => ({ ...store, close: () => {} }) });
      if (violations.length > 0)
        bad.push(`npm run simulate -- --seeds 1 --from ${seed}: ${violations.slice(0, 3).join('; ')}`);
    }
    expect(bad).toEqual([]);
  }, 120_000);
});
