import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '@restatedev/restate-sdk';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { service } from '../sdk.ts';
import { freePorts } from '../server/taken.ts';
import { serve } from './serve.ts';

describe.skipIf(!restateIsInstalled())('serving an endpoint', () => {
  let restate: TestRestate;
  beforeAll(async () => {
    restate = await startRestate();
  });
  afterAll(() => restate.close());

  it('drains: what is under way ends once, nothing more begins, and the rest goes on elsewhere', async () => {
    const did: string[] = [];
    const at = (place: string) => [
      service({
        name: 'drained',
        handlers: {
          run: async (ctx: Context): Promise<string> => {
            const step = (name: string): Promise<string> =>
              ctx.run(name, async () => {
                did.push(`${place} begins ${name}`);
                await new Promise((done) => setTimeout(done, 300));
                did.push(`${place} ends ${name}`);
                return place;
              });
            return (await step('one')) + (await step('two'));
          },
        },
        options: { retryPolicy: { initialInterval: 20, maxInterval: 100 } },
      }),
    ];
    const [port = 0] = await freePorts(1);
    const first = await restate.serve(at('a'), { port });
    const asks = { service: 'drained', handler: 'run', idempotencyKey: 'd' };
    await restate.call.send(asks);
    while (first.busy === 0) await new Promise((done) => setTimeout(done, 5));
    await first.drain();
    expect(did).toEqual(['a begins one', 'a ends one']);
    const second = await serve(at('b'), { port });
    expect(await restate.call.call(asks)).toBe('ab');
    expect(did).toEqual(['a begins one', 'a ends one', 'b begins two', 'b ends two']);
    await second.close();
  });

  it('listens on loopback only, and says who has a port that is taken', async () => {
    const [port = 0] = await freePorts(1);
    const first = await serve([], { port });
    expect(first.uri).toBe(`http://127.0.0.1:${port}`);
    const refused = serve([], { port });
    await expect(refused).rejects.toMatchObject({
      code: 'MR5212',
      message: expect.stringContaining(`Port ${port} of 127.0.0.1, meant for the endpoint, is taken`),
    });
    if (process.platform === 'linux') await expect(refused).rejects.toThrow(`process ${process.pid} (`);
    await first.close();
  });
});
