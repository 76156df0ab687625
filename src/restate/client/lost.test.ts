import { afterAll, beforeAll, expect, describe, it } from 'vitest';
import { anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { until } from '../fixtures/system.ts';
import { RestateClient } from './client.ts';

const note = anyTask('note');
const dies = anyTask('dies');
let begun = 0;
let mended = 0;

const system = bind({
  tasks: [
    code(note, () => 'noted'),
    code(dies, async (which: number) => {
      begun++;
      await until(() => mended >= which);
    }),
  ],
  flows: [
    anyFlow('flow', async (host) => {
      await host.step('before', () => note(1), at);
      await host.step('deadly', () => dies(1), at);
      await host.step('other', () => dies(2), at);
    }),
  ],
});

describe.skipIf(!restateIsInstalled())('a run whose step ends its process again and again', () => {
  let restate: TestRestate;
  let client: RestateClient;
  beforeAll(async () => {
    restate = await startRestate();
    client = new RestateClient(system, restate);
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    await restate?.close();
  });

  it('says how often, and at which step', async () => {
    const endpoint = await restate.serveSystem(system, { retry: { initialInterval: 20, maxInterval: 100 } });
    await client.start('flow', 1, { id: 'c1' });
    for (let lost = 1; lost <= 3; lost++) {
      await until(() => begun === lost);
      await endpoint.cut();
    }
    await until(() => begun === 4);
    expect(await client.status('c1')).toMatchObject({
      status: 'running',
      error: {
        code: 'MR5231',
        message: expect.stringContaining(
          "run 'c1' (3 attempts have failed since it last rested; under way: 'deadly'): ",
        ),
        details: { attempts: 3, underWay: ['deadly'] },
      },
    });
    mended = 1;
    await until(() => begun === 5);
    await endpoint.cut();
    await until(() => begun === 6);
    expect(await client.status('c1')).toMatchObject({ error: { details: { attempts: 4, underWay: ['other'] } } });
    mended = 2;
    expect(await client.result('c1')).toMatchObject({ status: 'completed' });
    expect((await client.status('c1'))?.error).toBeUndefined();
  });
});
