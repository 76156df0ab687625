import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bind } from '../../runtime/fixtures/bind.ts';
import type { RunAsks } from '../contract.ts';
import type { ChildEndpoint } from '../fixtures/child.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { placeOf } from '../fixtures/place.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { until } from '../fixtures/system.ts';
import { ourFailure } from '../ingress/ingress.ts';
import { performOn } from './index.ts';
import { usageStore } from './usage.ts';

describe.skipIf(!restateIsInstalled())('a task that a model performs on Restate', () => {
  let restate: TestRestate;
  let child: ChildEndpoint;
  const folder = mkdtempSync(join(tmpdir(), 'millrace-asking-'));
  const log = join(folder, 'log');
  const lines = (): string[] => readFileSync(log, 'utf8').split('\n').slice(0, -1);

  beforeAll(async () => {
    restate = await startRestate();
    child = await restate.serveChild(new URL('./fixtures/asking-child.ts', import.meta.url), {
      log,
      ingress: restate.ingress,
    });
  }, 60_000);
  beforeEach(() => writeFileSync(log, ''));
  afterAll(async () => {
    await restate?.close();
    rmSync(folder, { recursive: true });
  });

  const start = async (flow: string, run: string): Promise<string> => {
    const body: RunAsks = { run, at: Date.now(), input: run };
    const asks = { service: `test.flows.${flow}`, handler: 'run', body, idempotencyKey: run };
    return (await restate.call.send(asks)).invocation;
  };
  const end = async (invocation: string): Promise<unknown> => {
    const body: unknown = await (await fetch(`${restate.ingress}/restate/invocation/${invocation}/attach`)).json();
    return ourFailure(body) ?? body;
  };
  const heard = () => lines().filter((line) => line.startsWith('heard'));

  it('is a conversation with tools, which have tries and limits of their own, and whose events are published', async () => {
    expect(await end(await start('f', 'whole'))).toMatchObject({ output: { text: 'done' } });
    await until(() => heard().length === 2);
    expect(lines().filter((line) => !line.startsWith('heard'))).toEqual([
      'ask 1',
      'look 1 1',
      'ask 2',
      'look 2 1',
      'look 2 2',
      'ask 3',
    ]);
    const place = placeOf(bind({}), restate.ingress);
    expect((await usageStore(place).snapshot()).runs['whole']).toMatchObject({ calls: 3, output: 15 });
  });

  it('asks for no answer again that was kept, and publishes nothing twice, wherever its endpoint dies', async () => {
    for (const after of ['ask 1', 'look 2', 'ask 3']) {
      writeFileSync(log, '');
      const run = `killed-${after.replace(' ', '-')}`;
      const invocation = await start('f', run);
      await until(() => lines().some((line) => line.startsWith(after)));
      await child.kill();
      const before = lines();
      await child.restart();
      expect(await end(invocation), after).toMatchObject({ output: { text: 'done' } });
      await until(() => heard().length >= 2);
      const asked = lines().filter((line) => line.startsWith('ask'));
      // What was not kept when the process died is asked for again: the last answer, at most.
      expect(asked.length, lines().join()).toBeLessThanOrEqual(4);
      const again = lines()
        .slice(before.length)
        .filter((line) => line.startsWith('ask'));
      const last = before.findLast((line) => line.startsWith('ask'));
      expect(again.filter((line) => before.includes(line) && line !== last)).toEqual([]);
      if (after.startsWith('look')) expect(again).not.toContain(last);
      expect(heard().toSorted(), after).toEqual(['heard 1', 'heard 2']);
    }
  }, 60_000);

  it('counts what is spent below a run towards that which was started; when it is overrun, that ends', async () => {
    // The child has spent 20 of 61, the next may cost 20, and costs 60.
    expect(await end(await start('outer', 'rich'))).toMatchObject({ status: 'failed', error: { code: 'MR4081' } });
    expect(lines()).toEqual(['ask much', 'ask more']);
    const rows = await restate.sql(
      `select key, value_utf8 from state where service_name = 'test.books' and key like 'account run %'`,
    );
    const spent = rows.map(({ key, value_utf8: value }) => [
      key,
      (JSON.parse(String(value)) as { value: { spent: number } }).value.spent / 1e6,
    ]);
    expect(Object.fromEntries(spent)).toMatchObject({ 'account run rich': 80, 'account run whole': 15 });
  });

  it('is refused when there is nobody to ask', () => {
    expect(() => performOn(placeOf(bind({}), restate.ingress), {} as never)).toThrow(
      expect.objectContaining({ code: 'MR3288' }),
    );
  });
});
