import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestEndpoint, type TestRestate } from '../fixtures/restate.ts';
import { RestateClient } from './client.ts';

const note = anyTask('note');
let word = 'old';

const system = bind({
  tasks: [code(note, () => 'noted')],
  flows: [
    anyFlow('renamed', async (host) => {
      await host.step(word, () => note(1), at);
      await host.sleep('rest', '1h', at);
    }),
    anyFlow('changed', async (host) => {
      await host.step('noted', () => note(word), at);
      await host.sleep('rest', '1h', at);
    }),
  ],
});

describe.skipIf(!restateIsInstalled())('a run whose failure was mended', () => {
  let restate: TestRestate;
  let client: RestateClient;
  let endpoint: TestEndpoint;
  beforeAll(async () => {
    restate = await startRestate();
    client = new RestateClient(system, restate);
    endpoint = await restate.serveSystem(system, {
      retry: { initialInterval: 20, maxInterval: 100 },
      inactivityMs: 60_000,
    });
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    await restate?.close();
  });
  const view = (run: string) => client.status(run);

  const rests = async (run: string): Promise<void> => {
    await expect.poll(() => view(run), { timeout: 10_000 }).toMatchObject({ status: 'waiting' });
    await expect.poll(() => client.steps(run)).toMatchObject([{ status: 'completed' }, { path: 'rest' }]);
  };

  it.each(['renamed', 'changed'])('is no longer blocked once the code fits: %s', async (flow) => {
    await client.start(flow, 1, { id: flow });
    await rests(flow);
    word = 'new';
    await endpoint.cut();
    // While it is tried once more it is not.
    const error = {
      code: 'MR3205',
      ...(flow === 'renamed' && {
        message: expect.stringContaining("served now, from step 'new' on: "),
        details: expect.objectContaining({ step: 'new' }),
      }),
    };
    await expect.poll(() => view(flow), { timeout: 10_000 }).toMatchObject({ status: 'blocked', error });
    word = 'old';
    if (flow === 'renamed') await client.retry(flow);
    await rests(flow);
    expect((await view(flow))?.error).toBeUndefined();
  });

  it('has no failure of its endpoint beside a wait, once that is back', async () => {
    await client.start('renamed', 1, { id: 'w1' });
    await rests('w1');
    const cutting = endpoint.cut(1000);
    await expect.poll(() => view('w1'), { timeout: 10_000 }).toMatchObject({ error: { code: 'MR5231' } });
    await cutting;
    await expect.poll(async () => (await view('w1'))?.error, { timeout: 5000 }).toBeUndefined();
    expect(await view('w1')).toMatchObject({ status: 'waiting' });
  });
});
