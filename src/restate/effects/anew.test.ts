import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { RestateClient } from '../client/client.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { startSystem } from '../fixtures/system.ts';

const early = anyTask('early');
const kept = anyTask('kept', { cache: { ttl: '1h' } });
const then = anyTask('then');

describe.skipIf(!restateIsInstalled())('a result that is kept for others', () => {
  let restate: TestRestate;
  beforeAll(async () => {
    restate = await startRestate();
  });
  afterAll(() => restate?.close());

  it('is made anew where somebody takes a step back, and others get the new one', async () => {
    let count = 0;
    let broken = true;
    const bound = bind({
      tasks: [
        code(early, () => 0),
        code(kept, (_: never, { again }) => [++count, again]),
        code(then, () => {
          if (broken) throw new Error('no good');
          return 1;
        }),
      ],
      flows: [
        anyFlow('f', async (host) => {
          await host.step('early', () => early(1), at);
          const made = await host.step('made', () => kept(1), at);
          await host.step('then', () => then(1), at);
          return made;
        }),
      ],
    });
    const system = await startSystem(restate, bound);
    const client = new RestateClient(bound, { ingress: restate.ingress, admin: restate.admin });
    for (const run of ['r1', 'r2']) expect(await system.run('f', 1, { run })).toMatchObject({ status: 'failed' });
    expect(count).toBe(1);
    broken = false;
    await client.retry('r1', { fromStep: 'made' });
    expect(await client.result('r1')).toMatchObject({ status: 'completed', output: [2, true] });
    expect(await system.run('f', 1, { run: 'r3' })).toMatchObject({ output: [2, true] });
    expect(count).toBe(2);
  });
});
