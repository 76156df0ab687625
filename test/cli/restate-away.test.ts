import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restateIsInstalled } from '../../src/restate/fixtures/installed.ts';
import { initialised, start, type Project } from './dsl.ts';
import { servedOrders, system, type ServedOrders } from './served-orders.ts';

const order = (orderId: string): string =>
  JSON.stringify({ orderId, email: 'ada@example.com', sku: 'lamp', quantity: 1 });

describe.skipIf(!restateIsInstalled())('commands whose endpoint or server is away', () => {
  let orders: ServedOrders;
  let it_: Project;
  beforeAll(async () => {
    orders = await servedOrders();
    it_ = orders.project;
    await orders.serve();
  }, 60_000);
  afterAll(() => orders?.close(), 30_000);

  it('say what they wait for, and end at once with Ctrl-C', async () => {
    const running = it_.start(['run', system, 'fulfilOrder', '--input', order('A1'), '--id', 'a1']);
    await running.says('waits');
    await orders.kill();
    const sending = it_.start(['send', system, 'orderPlaced', '--payload', order('B1')]);
    const cancelling = it_.start(['runs', 'cancel', system, 'a1', '--json']);
    await sending.says("Waits for an endpoint to hand out 'orderPlaced'");
    await sending.says(`Start the endpoint of orders at ${orders.uri} again: `);
    sending.kill('SIGINT');
    expect(await sending.done).toMatchObject({ code: null, stdout: '' });
    await cancelling.says('Waits for the system to answer');
    await running.says('warning MR5231: ');
    await running.says(`Start the endpoint of orders at ${orders.uri} again: `);
    await orders.serve();
    const cancelled = await cancelling.done;
    expect(JSON.parse(cancelled.stdout)).toMatchObject({ accepted: true, status: 'cancelled' });
    expect((await running.done).code).toBe(1);
  }, 60_000);

  it('say at once that there is no server, and how to start one', async () => {
    const env = { RESTATE_ADMIN_URL: 'http://127.0.0.1:9', RESTATE_INGRESS_URL: 'http://127.0.0.1:9' };
    using none = await initialised('orders');
    writeFileSync(join(none.root, 'dsl.config.ts'), "export default { engine: 'restate' };\n");
    const running = start(['run', system, 'fulfilOrder', '--input', order('C1')], { cwd: none.root, env });
    await running.says('It is tried again for a while; Ctrl-C gives up. `dsl serve FILE --engine restate --server`');
    await running.says('Still tries again (');
    running.kill('SIGINT');
    expect(await running.done).toMatchObject({ code: null });
    const doctor = await none.dsl(['doctor'], { cwd: none.root, env });
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringContaining('✗ restate') });
  }, 30_000);
});
