import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('also where each process opens the file anew', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-simulate-'));
    try {
      for (let seed = 1; seed <= 12; seed++) {
        const report = await history(seed, { store: () => openSqlite(join(folder, `${seed}.db`)) });
        expect({ seed, violations: report.violations }).toEqual({ seed, violations: [] });
        expect(report.digest).toBe((await history(seed)).digest);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
