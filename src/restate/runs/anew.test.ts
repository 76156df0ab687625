import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { RestateClient } from '../client/client.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { startSystem, until, type TestSystem } from '../fixtures/system.ts';

const happened = anyEvent('happened');
const heard = anyEvent('heard');
const tell = anyTask('tell');
const work = anyTask('work');

describe.skipIf(!restateIsInstalled())('a run that is begun anew from a step', () => {
  let restate: TestRestate;
  let system: TestSystem;
  let client: RestateClient;
  const seen: string[] = [];
  let broken = true;

  beforeAll(async () => {
    restate = await startRestate();
    const bound = bind({
      events: [happened, heard],
      tasks: [
        code(tell, async (_: never, { emit, checkpoint }) => {
          await checkpoint({ so: 'far' });
          emit(heard({}));
          seen.push('tell');
        }),
        code(work, () => {
          seen.push('work');
          if (broken) throw new Error('broken');
        }),
      ],
      flows: [
        anyFlow(
          'flow',
          async (host) => {
            await host.receive('got', happened, { ...at, match: () => ({ n: 1 }) });
            await host.step('one', () => tell(1), at);
            await host.emit('two', () => heard({}), at);
            await host.step('three', () => work(1), at);
            await host.sleep('rest', '1h', at);
          },
          { timeout: '5s', waits: [{ event: 'happened', fields: ['n'] }] },
        ),
        anyFlow('counts', (host) => host.step('one', () => ({ contract: work, input: 0 }), at), { on: heard }),
      ],
    });
    system = await startSystem(restate, bound);
    client = new RestateClient(bound, { ingress: restate.ingress, admin: restate.admin });
  }, 60_000);
  afterAll(() => restate?.close());

  it('keeps what it has received, done and published before, and has its time limit anew', async () => {
    const invocation = await system.start('flow', undefined, { run: 'r1' });
    await restate.until(
      `SELECT status FROM sys_invocation WHERE id = '${invocation}'`,
      ([row]) => row?.['status'] !== 'ready',
    );
    await client.sendEvent('happened', { n: 1 });
    expect(await system.end('flow', 'r1')).toMatchObject({ status: 'failed', error: { message: 'broken' } });
    // Its timer was called off.
    const timers = "SELECT id FROM sys_invocation WHERE target_service_name = 'test.signals'";
    await restate.until(timers, (rows) => rows.length === 0);
    // It, and the two runs that its events have started.
    await until(() => seen.filter((what) => what === 'work').length === 3);
    broken = false;
    seen.length = 0;
    const began = Date.now();
    await client.retry('r1');
    const again = "SELECT id, completion_failure FROM sys_invocation WHERE target_service_name = 'test.flows.flow'";
    const rows = await restate.until(
      again,
      (all) =>
        all.length === 2 &&
        all.every((row) => row['completion_failure'] !== undefined && row['completion_failure'] !== null),
    );
    expect(rows.find(({ id }) => id !== invocation)?.['completion_failure']).toContain(
      'took longer than its flow allows',
    );
    expect(Date.now() - began).toBeGreaterThan(4900);
    await sleep(200);
    // Nothing was published once more.
    expect(seen).toEqual(['work']);
  });
});
