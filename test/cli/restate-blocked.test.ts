import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restateIsInstalled } from '../../src/restate/fixtures/installed.ts';
import type { Project } from './dsl.ts';
import { servedOrders, system, type ServedOrders } from './served-orders.ts';

describe.skipIf(!restateIsInstalled())('a run on Restate that does not fit the code', () => {
  let orders: ServedOrders;
  let it_: Project;
  beforeAll(async () => {
    orders = await servedOrders();
    it_ = orders.project;
    await orders.serve();
  }, 60_000);
  afterAll(() => orders?.close(), 30_000);

  it('is not there yet: doctor sees the endpoint, and an event that nobody takes is kept for a while', async () => {
    expect((await it_.dsl(['doctor'])).stdout).toMatch(/✓ restate +orders is registered, and served at /);
    const parcel = JSON.stringify({ orderId: 'Z1', trackingCode: 'T1' });
    const sent = await it_.dsl(['send', system, 'parcelDispatched', '--payload', parcel]);
    expect(sent.stderr).toContain('It is kept for a flow that asks for it, for ');
  }, 10_000);

  it('stays blocked after a retry, which says so', async () => {
    const input = JSON.stringify({ orderId: 'A1', email: 'ada@example.com', sku: 'lamp', quantity: 1 });
    const running = it_.start(['run', system, 'fulfilOrder', '--input', input, '--id', 'a1']);
    await running.says('waits');
    running.kill('SIGINT');
    await running.done;
    await orders.kill();
    const file = join(it_.root, system);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/\breserved\b/g, 'kept'));
    await orders.serve('--force');
    // What waits is called when somebody asks for it.
    await it_.dsl(['send', system, 'parcelDispatched', '--payload', '{"orderId":"A1","trackingCode":"T1"}']);
    await expect
      .poll(async () => (await it_.dsl(['runs', 'show', 'a1'])).stdout, { timeout: 15_000 })
      .toMatch(/blocked[\s\S]*from step 'kept' on/);
    const resumed = await it_.dsl(['runs', 'resume', system, 'a1']);
    expect(resumed).toMatchObject({ code: 1, stderr: expect.stringContaining('it is blocked. A retry lets it go on') });
    const retried = await it_.dsl(['runs', 'retry', system, 'a1']);
    expect(retried).toMatchObject({ code: 1, stdout: expect.stringContaining('it is blocked') });
    expect(retried.stderr).toContain('`dsl runs retry orders.dsl.ts a1 --from-step STEP --engine restate`');
  }, 60_000);
});
