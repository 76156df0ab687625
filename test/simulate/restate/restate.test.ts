import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restateIsInstalled } from '../../../src/restate/fixtures/installed.ts';
import { startRestate, type TestRestate } from '../../../src/restate/fixtures/restate.ts';
import { live } from './world.ts';

/** More on demand: `MILLRACE_RESTATE_SEEDS=200 MILLRACE_RESTATE_FROM=1 npx vitest run test/simulate/restate`. */
const many = Number(process.env['MILLRACE_RESTATE_SEEDS'] ?? 24);
const from = Number(process.env['MILLRACE_RESTATE_FROM'] ?? 25);
const atOnce = 24;

describe.skipIf(!restateIsInstalled())('random flows on a server of Restate', () => {
  let restate: TestRestate;
  beforeAll(async () => {
    restate = await startRestate();
  });
  afterAll(() => restate?.close());

  const groups = Array.from({ length: Math.ceil(many / atOnce) }, (_, group) =>
    Array.from({ length: Math.min(atOnce, many - group * atOnce) }, (_, index) => from + group * atOnce + index),
  );
  it.each(groups.map((seeds) => [seeds[0], seeds] as const))(
    'end as the reference says, with the endpoint cut off again and again (from seed %d)',
    { timeout: 120_000 },
    async (_, seeds) => {
      const report = await live(restate, { seeds, cuts: 30 });
      console.log(JSON.stringify({ ...report, wrong: report.wrong.length }));
      expect(report.wrong).toEqual([]);
      expect(report.cuts).toBeGreaterThan(2);
      expect(report.replays).toBeGreaterThan(seeds.length);
    },
  );
});
