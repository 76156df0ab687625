import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from 'millrace/restate';
import { restateIsInstalled } from '../../src/restate/fixtures/installed.ts';
import { startRestate, type TestRestate } from '../../src/restate/fixtures/restate.ts';
import { dsl, initialised, stackTrace, start, type Done, type Project, type Running } from './dsl.ts';

const order = (orderId: string): string =>
  JSON.stringify({ orderId, email: 'ada@example.com', sku: 'lamp', quantity: 1 });
const system = 'orders.dsl.ts';

describe.skipIf(!restateIsInstalled())('the commands on Restate', () => {
  let restate: TestRestate;
  beforeAll(async () => {
    restate = await startRestate();
  }, 60_000);
  afterAll(() => restate?.close());

  describe('after one change of the config', () => {
    let it_: Project;
    let serving: Running;
    beforeAll(async () => {
      it_ = await initialised('orders');
      const { admin, ingress } = restate;
      writeFileSync(
        join(it_.root, 'dsl.config.ts'),
        `export default { engine: 'restate', restate: ${JSON.stringify({ admin, ingress })} };\n`,
      );
      const [port] = await freePorts(1);
      serving = it_.start(['serve', system, '--port', String(port)]);
      await serving.says('Serves orders');
    }, 60_000);
    afterAll(async () => {
      serving?.kill('SIGINT');
      await serving?.done;
      it_?.[Symbol.dispose]();
    }, 30_000);
    const json = async <T = Record<string, unknown>>(...args: string[]): Promise<T> => {
      const done = await it_.dsl([...args, '--json']);
      expect(done).toMatchObject({ code: 0 });
      return JSON.parse(done.stdout) as T;
    };
    const refused = async (code: string, ...args: string[]): Promise<void> => {
      const done = await it_.dsl([...args, '--json']);
      expect({ args, ...done }).toMatchObject({ stdout: expect.stringContaining(`"code":"${code}"`) });
      expect(done.code).not.toBe(0);
      expect(done.stderr).not.toMatch(stackTrace);
    };
    const until = async (run: string, status: string): Promise<void> => {
      await expect.poll(() => json('runs', 'show', run), { timeout: 15_000, interval: 200 }).toMatchObject({ status });
    };

    it('events make instances, whose flows run, and all of it is shown', async () => {
      expect(await json('send', system, 'orderPlaced', '--payload', order('A1'))).toMatchObject({
        handled: true,
        deliveries: [{ machine: 'order', instanceId: 'A1', created: true }],
        driven: false,
      });
      await expect
        .poll(() => json('runs', 'list', '--status', 'waiting'), { timeout: 15_000 })
        .toMatchObject({
          runs: [{ flow: 'fulfilOrder', machine: 'order', instance: 'A1', waitsFor: 'event parcelDispatched' }],
        });
      await json('send', system, 'parcelDispatched', '--payload', '{"orderId":"A1","trackingCode":"T1"}');
      await expect
        .poll(() => json('instances', 'list', '--state', 'travelling'), { timeout: 15_000 })
        .toMatchObject({ instances: [{ machine: 'order', id: 'A1', context: { trackingCode: 'T1' } }] });
      expect(await json('instances', 'show', 'A1')).toMatchObject({
        status: 'active',
        historySize: 3,
        history: [{ seq: 1 }, { seq: 2, event: 'orderPlaced', before: ['waiting'] }, { seq: 3 }],
      });
      expect(await json('instances', 'history', 'A1', '--tail', '1')).toMatchObject({ history: [{ seq: 3 }] });
      expect(await json('instances', 'rollback', system, 'A1', '--to', '2')).toMatchObject({ state: ['fulfilling'] });
      await refused('MR3360', 'instances', 'remove', system, 'A1');
      expect(await json('instances', 'remove', system, 'A1', '--force')).toMatchObject({ removed: true });
      await refused('MR2014', 'instances', 'show', 'A1');
    });

    it('a run is started, waited for, left, and waited for again', async () => {
      const running = it_.start(['run', system, 'fulfilOrder', '--input', order('B1'), '--id', 'b1']);
      await running.says('dispatched (parcelDispatched) waits');
      running.kill('SIGINT');
      expect(await running.done).toMatchObject({ code: 130, stderr: expect.stringContaining('goes on on Restate') });
      const again = it_.start(['run', system, 'fulfilOrder', '--id', 'b1', '--json']);
      await again.says('waits');
      await json('send', system, 'parcelDispatched', '--payload', '{"orderId":"B1","trackingCode":"T2"}');
      const { code, stdout } = await again.done;
      expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
        code: 0,
        id: 'b1',
        status: 'completed',
        output: { trackingCode: 'T2' },
      });
      expect(await json('runs', 'show', 'b1')).toMatchObject({
        id: 'b1',
        kind: 'flow',
        flow: 'fulfilOrder',
        status: 'completed',
        input: { orderId: 'B1' },
        output: { trackingCode: 'T2' },
        journal: [
          { kind: 'started', path: 'reserved', name: 'reserveStock', attempt: 1 },
          { kind: 'completed', path: 'reserved', data: { left: expect.any(Number) } },
          { kind: 'started', path: 'slip' },
          { kind: 'completed', path: 'slip' },
          { kind: 'waiting', path: 'dispatched', name: 'parcelDispatched' },
          { kind: 'received', path: 'dispatched', data: { payload: { trackingCode: 'T2' } } },
        ],
      });
      expect(await json('checkpoints', 'list', 'b1')).toMatchObject({
        checkpoints: [{ path: 'dispatched' }, { path: 'slip' }, { path: 'reserved', target: 'reserveStock' }],
      });
      await refused('MR3202', 'run', system, 'fulfilOrder', '--input', order('B2'), '--id', 'b1');
      await refused('MR3206', 'run', system, 'fulfilOrder', '--input', '{}');
    });

    it('a run is paused, resumed and cancelled', async () => {
      const running = it_.start(['run', system, 'fulfilOrder', '--input', order('C1'), '--id', 'c1']);
      await running.says('waits');
      running.kill('SIGINT');
      await running.done;
      expect(await json('runs', 'pause', system, 'c1')).toMatchObject({ status: 'paused', runs: ['c1'] });
      await until('c1', 'paused');
      expect((await it_.dsl(['runs', 'list'])).stdout).toMatch(/c1 .* paused .* to be resumed/);
      expect(await json('runs', 'resume', system, 'c1')).toMatchObject({ runs: ['c1'] });
      expect(await json('runs', 'cancel', system, 'c1')).toMatchObject({ accepted: true, status: 'cancelled' });
      const shown = await json<{ journal: { path: string }[] }>('runs', 'show', 'c1');
      expect(shown).toMatchObject({ status: 'cancelled', error: { code: 'MR3203' } });
      expect(shown.journal.map(({ path }) => path)).toContain('reserved/~undo');
      const again = await it_.dsl(['runs', 'cancel', system, 'c1']);
      expect(again).toMatchObject({ code: 1, stdout: expect.stringContaining('was over: it is cancelled') });
      await Promise.all([
        refused('MR3252', 'runs', 'retry', system, 'c1'),
        refused('MR3250', 'runs', 'pause', system, 'c1'),
        refused('MR3251', 'runs', 'resume', system, 'c1'),
        refused('MR3208', 'runs', 'pause', system, `' OR 1=1`),
        refused('MR3232', 'runs', 'decide', system, 'c1', 'dispatched', '--approve', '--by', 'ada'),
      ]);
    }, 60_000);

    it('what Restate cannot do is refused, and a database that is named is one', async () => {
      await refused('MR5230', 'runs', 'prune', '--keep', '1');
      await refused('MR5266', 'checkpoints', 'verify', 'b1');
      await refused('MR5267', 'work', system);
      await refused('MR5230', 'runs', 'fork', system, 'b1');
      await refused('MR5230', 'runs', 'cancel', system, 'b1', '--reason', 'no');
      await refused('MR5230', 'runs', 'pause', system, 'b1', '--abort');
      const only = [['runs', 'export', 'b1'], ['instances', 'metrics', 'order'], ['instances', 'export'], ['usage']];
      await Promise.all(only.map((args) => refused('MR5281', ...args)));
      await refused('MR2003', 'runs', 'list', '--engine', 'restate', '--db', 'x.db');
      await refused('MR2003', 'runs', 'list', '--engine', 'sqlite');
      await refused('MR5282', 'runs', 'list', '--system', 'order');
      await refused('MR2013', 'runs', 'show', 'b2');
      const embedded = await it_.dsl([
        'send',
        system,
        'orderPlaced',
        '--payload',
        order('E1'),
        '--db',
        'own.db',
        '--json',
      ]);
      expect(JSON.parse(embedded.stdout)).toMatchObject({ handled: true, driven: true });
      expect((await it_.dsl(['runs', 'list', '--db', 'own.db'])).stdout).toContain('waiting');
    });
  });

  it('a system of the repository is moved there by --engine', async () => {
    const shop = mkdtempSync(join(tmpdir(), 'millrace-shop-'));
    const env = { RESTATE_ADMIN_URL: restate.admin, RESTATE_INGRESS_URL: restate.ingress, SHOP_DIR: shop };
    const file = 'dsl-examples/orders/orders.dsl.ts';
    const [port] = await freePorts(1);
    const serving = start(['serve', file, '--engine', 'restate', '--port', String(port), '--force'], { env });
    const run = (...args: string[]): Promise<Done> => dsl([...args, '--engine', 'restate', '--json'], { env });
    try {
      await serving.says('Serves orders');
      const placed = {
        orderId: 'R-1',
        email: 'rosa@example.com',
        total: { amount: 2900, currency: 'EUR' },
        lines: [{ sku: 'beans-house', quantity: 1 }],
      };
      const going = run('run', file, 'fulfilOrder', '--input', JSON.stringify(placed), '--id', 'r-1');
      await expect
        .poll(async () => JSON.parse((await run('runs', 'show', 'r-1', '--system', 'orders')).stdout), {
          timeout: 20_000,
          interval: 200,
        })
        .toMatchObject({ status: 'waiting' });
      const dispatched = { orderId: 'R-1', carrier: 'dhl', trackingCode: 'T9' };
      expect((await run('send', file, 'parcelDispatched', '--payload', JSON.stringify(dispatched))).code).toBe(0);
      const { code, stdout } = await going;
      expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
        code: 0,
        status: 'completed',
        output: { trackingCode: 'T9' },
      });
    } finally {
      serving.kill('SIGINT');
      await serving.done;
      rmSync(shop, { recursive: true, force: true });
    }
  });

  it('a server that is not there is named, with what to do', async () => {
    const env = { RESTATE_ADMIN_URL: 'http://127.0.0.1:9', RESTATE_INGRESS_URL: 'http://127.0.0.1:9' };
    const done = await dsl(['runs', 'list', '--engine', 'restate'], { env });
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toMatch(/error MR5210: .*http:\/\/127\.0\.0\.1:9/);
    expect(done.stderr).not.toMatch(stackTrace);
  });
});
