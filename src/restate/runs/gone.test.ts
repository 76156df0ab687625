import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { startSystem, until, type TestSystem } from '../fixtures/system.ts';

const work = anyTask('work');

describe.skipIf(!restateIsInstalled())('an attempt whose server is gone', () => {
  let restate: TestRestate;
  let system: TestSystem;
  const seen: string[] = [];

  beforeAll(async () => {
    restate = await startRestate();
    const task = code(work, async (_: never, { signal, idempotencyKey }) => {
      const first = seen.length === 0;
      seen.push(`begin ${idempotencyKey}`);
      if (first)
        await new Promise((_done, fail) => {
          signal.addEventListener('abort', () => {
            seen.push('aborted');
            fail(new Error('aborted'));
          });
        });
      return 'done';
    });
    const flow = anyFlow('flow', async (host) => {
      const said = await host.step('one', () => work(1), at);
      host.undo('one', () => work('undo'), at);
      return said;
    });
    system = await startSystem(restate, bind({ tasks: [task], flows: [flow] }));
  }, 60_000);
  afterAll(() => restate?.close());

  it('is told to stop, as its work is done elsewhere, under the same key; what it gives then is not taken', async () => {
    await system.start('flow', undefined, { run: 'f1' });
    await until(() => seen.length === 1);
    await restate.killServer();
    await until(() => seen.includes('aborted'));
    await restate.restartServer();
    await until(() => seen.length === 3);
    expect(await system.end('flow', 'f1')).toMatchObject({ status: 'completed', output: 'done' });
    expect(seen).toEqual([seen[0], 'aborted', seen[0]]);
  });
});
