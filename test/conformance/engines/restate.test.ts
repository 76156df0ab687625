/** Some of the cases on a real server; all of them: `npm run conformance:engines`. */
import { afterAll, describe, expect, it } from 'vitest';
import { restateIsInstalled } from '../../../src/restate/fixtures/installed.ts';
import { allCases } from './all.ts';
import { play } from './play.ts';
import { restate } from './restate.ts';

/** One of each kind that is short: nothing here depends on how fast the machine is. */
const some = allCases.filter(({ name }) =>
  [
    'a failure undoes what was done, the newest first',
    'a flow takes an event',
    'what a run waits for finds it after a crash',
    'a tool that was used is not used again after a crash',
    'a machine starts a flow that outlives its state',
    'a model has a tool done, which is a task',
  ].includes(name),
);

describe.skipIf(!restateIsInstalled())('the engine on Restate', () => {
  afterAll(() => restate.shut?.());

  it.each(some.map((one) => [one.name, one] as const))('%s', { timeout: 120_000 }, async (_name, one) => {
    const engine = await restate.open(one);
    try {
      expect(await play(engine, one)).toEqual([]);
    } finally {
      await engine.close();
    }
  });
});
