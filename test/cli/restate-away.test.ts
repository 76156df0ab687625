import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from 'millrace/restate';
import { restateIsInstalled } from '../../src/restate/fixtures/installed.ts';
import { startRestate, type TestRestate } from '../../src/restate/fixtures/restate.ts';
import { initialised, start, type Project, type Running } from './dsl.ts';

const system = 'orders.dsl.ts';
const order = (orderId: string): string =>
  JSON.stringify({ orderId, email: 'ada@example.com', sku: 'lamp', quantity: 1 });

describe.skipIf(!restateIsInstalled())('commands whose endpoint or server is away', () => {
  let restate: TestRestate;
  let it_: Project;
  let serving: Running;
  let port = 0;
  const serve = async (): Promise<void> => {
    serving = it_.start(['serve', system, '--port', String(port)]);
    await serving.says('Serves orders');
  };
  beforeAll(async () => {
    restate = await startRestate();
    it_ = await initialised('orders');
    const { admin, ingress } = restate;
    const config = { engine: 'restate', restate: { admin, ingress } };
    writeFileSync(join(it_.root, 'dsl.config.ts'), `export default ${JSON.stringify(config)};\n`);
    [port = 0] = await freePorts(1);
    await serve();
  }, 60_000);
  afterAll(async () => {
    serving?.kill('SIGKILL');
    await serving?.done;
    await restate?.close();
    it_?.[Symbol.dispose]();
  }, 30_000);

  it('say what they wait for, and end at once with Ctrl-C', async () => {
    const running = it_.start(['run', system, 'fulfilOrder', '--input', order('A1'), '--id', 'a1']);
    await running.says('waits');
    serving.kill('SIGKILL');
    await serving.done;
    const sending = it_.start(['send', system, 'orderPlaced', '--payload', order('B1')]);
    const cancelling = it_.start(['runs', 'cancel', system, 'a1', '--json']);
    await sending.says("Waits for an endpoint to hand out 'orderPlaced'");
    await sending.says(`Start the endpoint of orders at http://127.0.0.1:${port} again: `);
    sending.kill('SIGINT');
    expect(await sending.done).toMatchObject({ code: null, stdout: '' });
    await cancelling.says('Waits for the system to answer');
    await running.says('warning MR5231: ');
    await running.says(`Start the endpoint of orders at http://127.0.0.1:${port} again: `);
    await serve();
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
