import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunAsks } from '../contract.ts';
import type { ChildEndpoint } from '../fixtures/child.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { until } from '../fixtures/system.ts';

describe.skipIf(!restateIsInstalled())('what attempts keep when their endpoint is killed', () => {
  let restate: TestRestate;
  let child: ChildEndpoint;
  const folder = mkdtempSync(join(tmpdir(), 'millrace-effects-'));
  const log = join(folder, 'log');
  const lines = (): string[] => readFileSync(log, 'utf8').split('\n').slice(0, -1);

  beforeAll(async () => {
    restate = await startRestate();
    child = await restate.serveChild(new URL('./fixtures/tool-child.ts', import.meta.url), {
      log,
      ingress: restate.ingress,
    });
  }, 60_000);
  beforeEach(() => writeFileSync(log, ''));
  afterAll(async () => {
    await restate?.close();
    rmSync(folder, { recursive: true });
  });

  const start = async (flow: string, run: string, input?: unknown): Promise<string> => {
    const body: RunAsks = { run, at: Date.now(), input };
    const asks = { service: `test.flows.${flow}`, handler: 'run', body, idempotencyKey: run };
    return (await restate.call.send(asks)).invocation;
  };
  const end = async (invocation: string): Promise<unknown> =>
    (await fetch(`${restate.ingress}/restate/invocation/${invocation}/attach`)).json();
  const crash = async (): Promise<void> => {
    await child.kill();
    await child.restart();
  };

  it('never runs a tool again whose result is kept, nor goes back behind a saved state', async () => {
    const runs = Number(process.env['EFFECT_RUNS'] ?? 4);
    const invocations = await Promise.all(Array.from({ length: runs }, (_, run) => start('tools', `tools${run}`)));
    let kills = 0;
    const over = new AbortController();
    const all = Promise.all(invocations.map(end)).finally(() => over.abort());
    let repeated = 0;
    const check = (before: readonly string[], after: readonly string[]): void => {
      const saved = new Map(
        before.flatMap((line) => {
          const [what, step = '', next] = line.split(' ');
          return what === 'saved' ? [[step, Number(next)] as const] : [];
        }),
      );
      for (const line of after) {
        const [what, step = '', from] = line.split(' ');
        // A state that was acknowledged is found again, or a newer one.
        if (what === 'began') expect(Number(from)).toBeGreaterThanOrEqual(saved.get(step) ?? 0);
        if (what !== 'ran') continue;
        const [run, name, part] = step.split('/');
        expect(before.includes(`saved ${run}/${name} ${Number(part) + 1}`), line).toBe(false);
        if (before.includes(line)) repeated++;
      }
    };
    let before: string[] = [];
    for (let upTo = 25; !over.signal.aborted; upTo = before.length + 25) {
      await until(() => over.signal.aborted || lines().length >= upTo);
      if (over.signal.aborted) break;
      await child.kill();
      const now = lines();
      check(before, now.slice(before.length));
      before = now;
      kills++;
      await child.restart();
    }
    check(before, lines().slice(before.length));
    expect((await all).every((ended) => typeof (ended as { at?: unknown }).at === 'number')).toBe(true);
    const ran = lines().filter((line) => line.startsWith('ran'));
    expect(new Set(ran).size).toBe(runs * 3 * 4);
    expect(kills).toBeGreaterThan(2);
    expect(ran.length - runs * 3 * 4).toBe(repeated);
    // At most one tool for each run that was at work, for each kill.
    expect(repeated).toBeLessThanOrEqual(kills * runs);
    // What was saved goes with the end of the steps.
    await restate.until(
      `select key from state where service_name = 'test.effects' and key = 'state'`,
      (rows) => rows.length === 0,
    );
  }, 60_000);

  it('takes up at once what the same step was at when its process died', async () => {
    const invocation = await start('charges', 'charges1', { key: 'card', ms: 1500 });
    await until(() => lines().length === 1);
    await crash();
    const begun = Date.now();
    expect(await end(invocation)).toMatchObject({ output: { output: 'charges1', replayed: false } });
    // Not when the lease of half a minute is over.
    expect(Date.now() - begun).toBeLessThan(15_000);
    expect(lines()).toEqual(['charged card charges1', 'charged card charges1']);
    expect(await end(await start('charges', 'charges2', { key: 'card', ms: 0 }))).toMatchObject({
      output: { output: 'charges1', replayed: true },
    });
  });

  it('gives the result of a task with a cache to whoever asks for the same, and makes it once', async () => {
    const runs = await Promise.all(['c1', 'c2', 'c3'].map((run) => start('slowly', run, 'x')));
    expect(await Promise.all(runs.map(end))).toMatchObject(runs.map(() => ({ output: 'made of x' })));
    expect(await end(await start('slowly', 'c4', 'x'))).toMatchObject({ output: 'made of x' });
    expect(await end(await start('slowly', 'c5', 'y'))).toMatchObject({ output: 'made of y' });
    expect(lines()).toEqual(['made x', 'made y']);
  });
});
