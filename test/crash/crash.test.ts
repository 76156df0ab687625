import { expect, it } from 'vitest';
import { playLives } from './lives.ts';

// `npm run crash -- --kills 500` does the same for longer.
it('loses nothing and repeats nothing that had ended, whenever the process is killed', async () => {
  const kills = Number(process.env['CRASH_KILLS'] ?? 12);
  const report = await playLives(kills, Number(process.env['CRASH_SEED'] ?? 7), () => {});
  expect(report).toMatchObject({ kills, lost: [], repeated: [], violations: [] });
  // Otherwise the kills came at the wrong moments.
  expect(report.again).toBeGreaterThan(kills / 2);
}, 900_000);
