import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunAsks } from '../contract.ts';
import type { ChildEndpoint } from '../fixtures/child.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { until } from '../fixtures/system.ts';
import { ourFailure } from '../ingress/ingress.ts';

describe.skipIf(!restateIsInstalled())('a run whose endpoint dies', () => {
  let restate: TestRestate;
  let child: ChildEndpoint;
  const folder = mkdtempSync(join(tmpdir(), 'millrace-crash-'));
  const file = join(folder, 'done');
  const lines = (): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);

  beforeAll(async () => {
    restate = await startRestate();
    child = await restate.serveChild(new URL('./fixtures/crash-child.ts', import.meta.url), {
      file,
      ingress: restate.ingress,
    });
  }, 60_000);
  beforeEach(() => writeFileSync(file, ''));
  afterAll(async () => {
    await restate?.close();
    rmSync(folder, { recursive: true });
  });

  const start = async (flow: string, run: string): Promise<string> => {
    const body: RunAsks = { run, at: Date.now() };
    const asks = { service: `test.flows.${flow}`, handler: 'run', body, idempotencyKey: run };
    return (await restate.call.send(asks)).invocation;
  };
  const end = async (invocation: string): Promise<unknown> => {
    const response = await fetch(`${restate.ingress}/restate/invocation/${invocation}/attach`);
    const body: unknown = await response.json();
    return ourFailure(body) ?? body;
  };
  const crash = async (): Promise<void> => {
    await child.kill();
    await child.restart();
  };

  it('goes on where it was: at most the step that was under way is done again, undos included', async () => {
    const invocation = await start('steps', 'steps1');
    for (const line of ['begin b', 'end d', 'begin undo d', 'end undo b']) {
      await until(() => lines().includes(line));
      await crash();
    }
    expect(await end(invocation)).toMatchObject({ status: 'failed', error: { message: 'enough' } });
    const ends = lines().filter((line) => line.startsWith('end '));
    const order = [...'abcde', ...[...'edcba'].map((id) => `undo ${id}`)].map((id) => `end ${id}`);
    expect(ends.filter((line, index) => line !== ends[index - 1])).toEqual(order);
    // At each kill one step at most was under way.
    expect(lines().filter((line) => line.startsWith('begin ')).length).toBeLessThanOrEqual(order.length + 4);
  });

  it('keeps the count of tries and the time of the next', async () => {
    const invocation = await start('retries', 'retries1');
    await until(() => lines().includes('try 1'));
    await sleep(100);
    await crash();
    await until(() => lines().includes('try 2'));
    await sleep(100);
    await crash();
    expect(await end(invocation)).toMatchObject({ output: 3 });
    expect(lines()).toEqual(['try 1', 'try 2', 'try 3']);
  });

  it('keeps everything when the server dies', async () => {
    const invocation = await start('steps', 'steps2');
    await until(() => lines().includes('begin c'));
    await restate.killServer();
    await restate.restartServer();
    expect(await end(invocation)).toMatchObject({ status: 'failed', error: { message: 'enough' } });
    expect(lines().filter((line) => line.startsWith('begin ')).length).toBeLessThanOrEqual(11);
  });

  it('begins nothing while it is paused', async () => {
    const invocation = await start('steps', 'steps3');
    await until(() => lines().includes('begin b'));
    await restate.ask('PATCH', `/invocations/${invocation}/pause`);
    await restate.until(
      `SELECT status FROM sys_invocation WHERE id = '${invocation}'`,
      ([row]) => row?.['status'] === 'paused',
    );
    await sleep(300);
    expect(lines().at(-1)).toBe('end b');
    await restate.ask('PATCH', `/invocations/${invocation}/resume`);
    expect(await end(invocation)).toMatchObject({ error: { message: 'enough' } });
    expect(lines().filter((line) => line === 'begin b')).toHaveLength(1);
  });
});
