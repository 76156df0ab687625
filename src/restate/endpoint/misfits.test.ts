import type { Context } from '@restatedev/restate-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { service } from '../sdk.ts';
import { misfits } from './misfits.ts';
import { serve, type AnyService } from './serve.ts';

/** A flow that does this step and then waits. */
const flow = (name: string, step: string): readonly AnyService[] => [
  service({
    name,
    handlers: {
      run: async (ctx: Context): Promise<void> => {
        await ctx.run(step, () => 1);
        await ctx.sleep(60_000);
      },
    },
    options: {
      onJournalMismatchErrors: 'pause',
      retryPolicy: { initialInterval: 20, maxInterval: 100, maxAttempts: 100_000 },
    },
  }),
];

describe.skipIf(!restateIsInstalled())('runs that do not fit', () => {
  let restate: TestRestate;
  beforeAll(async () => {
    restate = await startRestate();
  });
  afterAll(() => restate.close());

  const begin = async (name: string): Promise<string> => {
    const id = await restate.send(`${name}/run`, undefined, name);
    await restate.until(`SELECT id FROM sys_journal WHERE id = '${id}' AND name = 'one'`, (rows) => rows.length > 0);
    return id;
  };

  it('are those whose journal is another, and none that a person paused or whose endpoint is away', async () => {
    const other = await serve(flow('shop.flows.away', 'one'));
    const { id: deployment } = await restate.register(other.uri);
    const [paused, away] = [await begin('shop.flows.away'), await restate.send('shop.flows.away/run', undefined)];
    await other.close();
    for (const id of [paused, away])
      await restate.until(
        `SELECT last_failure FROM sys_invocation WHERE id = '${id}' AND last_failure IS NOT NULL`,
        (rows) => rows.length > 0,
      );
    await restate.order(paused, 'pause');
    await restate.until(
      `SELECT status FROM sys_invocation WHERE id = '${paused}'`,
      ([row]) => row?.['status'] === 'paused',
    );
    expect(await misfits(restate.admin, 'shop')).toEqual([]);

    const own = await serve(flow('shop.flows.own', 'one'));
    const { id: present } = await restate.register(own.uri);
    const invocation = await begin('shop.flows.own');
    await own.close();
    const changed = await serve(flow('shop.flows.own', 'two'), { port: own.port });
    const found = [expect.objectContaining({ invocation, run: 'shop.flows.own', service: 'shop.flows.own' })];
    await expect.poll(() => misfits(restate.admin, 'shop'), { timeout: 15_000 }).toEqual(found);
    expect(await misfits(restate.admin, 'shop', present)).toEqual(found);
    expect(await misfits(restate.admin, 'shop', deployment)).toEqual([]);
    await changed.close();
  });
});
