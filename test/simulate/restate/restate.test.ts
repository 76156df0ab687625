import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasServer, startServer, type TestServer } from '../../../src/restate/fixtures/server.ts';
import { live } from './world.ts';

/** More on demand: `MILLRACE_RESTATE_SEEDS=200 MILLRACE_RESTATE_FROM=1 npx vitest run test/simulate/restate`. */
const many = Number(process.env['MILLRACE_RESTATE_SEEDS'] ?? 24);
const from = Number(process.env['MILLRACE_RESTATE_FROM'] ?? 25);
const atOnce = 24;

describe.skipIf(!hasServer)('random flows on a server of Restate', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.close());

  const groups = Array.from({ length: Math.ceil(many / atOnce) }, (_, group) =>
    Array.from({ length: Math.min(atOnce, many - group * atOnce) }, (_, index) => from + group * atOnce + index),
  );
  it.each(groups.map((seeds) => [seeds[0], seeds] as const))(
    'end as the reference says, with the endpoint cut off again and again (from seed %d)',
    { timeout: 120_000 },
    async (_, seeds) => {
      const report = await live(server, { seeds, cuts: 30 });
      console.log(JSON.stringify({ ...report, wrong: report.wrong.length }));
      expect(report.wrong).toEqual([]);
      expect(report.cuts).toBeGreaterThan(2);
      expect(report.replays).toBeGreaterThan(seeds.length);
    },
  );
});
