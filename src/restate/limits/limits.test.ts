import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anyTask, bind } from '../../runtime/fixtures/bind.ts';
import type { AttemptOutcome } from '../../tasks/index.ts';
import type { RunAsks } from '../contract.ts';
import type { ChildEndpoint } from '../fixtures/child.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { until } from '../fixtures/system.ts';
import { placeOf } from '../fixtures/place.ts';
import { ourFailure } from '../ingress/ingress.ts';
import { inTurn, limitServices, takeTurnWithin } from './index.ts';

describe.skipIf(!restateIsInstalled())('limits of tasks on Restate', () => {
  let restate: TestRestate;
  let child: ChildEndpoint;
  const folder = mkdtempSync(join(tmpdir(), 'millrace-limits-'));
  const log = join(folder, 'log');
  const lines = () =>
    readFileSync(log, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const [at, by = '', what = '', say = ''] = line.split(' ');
        return { at: Number(at), by, what, say };
      });
  const serve = (by: string): Promise<ChildEndpoint> =>
    restate.serveChild(new URL('./fixtures/limited-child.ts', import.meta.url), {
      log,
      ingress: restate.ingress,
      by,
    });
  const start = async (flow: string, run: string, input: unknown): Promise<string> => {
    const body: RunAsks = { run, at: Date.now(), input };
    const asks = { service: `test.flows.${flow}`, handler: 'run', body, idempotencyKey: run };
    return (await restate.call.send(asks)).invocation;
  };
  const end = async (invocation: string): Promise<unknown> => {
    const body: unknown = await (await fetch(`${restate.ingress}/restate/invocation/${invocation}/attach`)).json();
    return ourFailure(body) ?? body;
  };

  beforeAll(async () => {
    restate = await startRestate();
    child = await serve('first');
  }, 60_000);
  beforeEach(() => writeFileSync(log, ''));
  afterAll(async () => {
    await restate?.close();
    rmSync(folder, { recursive: true });
  });

  it('are never exceeded by several endpoints together, and each attempt is made once', async () => {
    const before = await Promise.all(['a', 'b', 'c', 'd'].map((run) => start('narrowly', `before-${run}`, run)));
    await until(() => lines().length > 0);
    child = await serve('second');
    const after = await Promise.all(['e', 'f', 'g', 'h'].map((run) => start('narrowly', `after-${run}`, run)));
    await Promise.all([...before, ...after].map(end));
    let under = 0;
    let most = 0;
    for (const { what } of lines()) most = Math.max(most, (under += what === 'begin' ? 1 : -1));
    expect(most).toBe(2);
    expect(lines().filter(({ what }) => what === 'begin').length).toBe(24);
    expect(new Set(lines().map(({ by }) => by))).toEqual(new Set(['first', 'second']));
  });

  it('hold in any span of time', async () => {
    const runs = await Promise.all(['a', 'b', 'c'].map((run) => start('pacedly', `paced-${run}`, run)));
    await Promise.all(runs.map(end));
    const starts = lines().flatMap(({ at, what }) => (what === 'begin' ? [at] : []));
    expect(starts.length).toBe(12);
    // They are counted when they are let through, and made a moment later.
    for (const from of starts) {
      const span = starts.filter((at) => at >= from && at < from + 500).length;
      expect(span).toBeLessThanOrEqual(6);
    }
    expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(2500);
  });

  it('give a place back that nobody can use: the run was killed, or its endpoint', async () => {
    const first = await start('one', 'kill-1', 'a');
    await until(() => lines().length === 1);
    const [second, third] = [await start('one', 'kill-2', 'b'), await start('one', 'kill-3', 'c')];
    await wait(200);
    expect(lines().length).toBe(1);
    // Its endpoint dies: it goes on with its place.
    await child.kill();
    await child.restart();
    await end(first);
    await until(() => lines().some(({ what, say }) => what === 'begin' && say === 'b'));
    // A run is killed in its turn: who makes its attempt says so.
    await restate.ask('PATCH', `/invocations/${second}/kill`);
    await end(third);
    expect(lines().at(-1)).toMatchObject({ what: 'end', say: 'c' });
  }, 60_000);

  it('give a place to the next one when nothing is heard any more of who has it', async () => {
    const task = anyTask('narrow', { concurrency: 1 });
    const place = placeOf({ ...bind({ unimplemented: [task] }), name: 'silent' }, restate.ingress);
    await restate.serve(limitServices(place, { leaseMs: 1500 }));
    const take = (run: string) => takeTurnWithin(place, { contract: task, run, path: 'x', attempt: 1 }, run, undefined);
    const made = (): Promise<AttemptOutcome> => Promise.resolve({ ok: true, output: undefined, value: 1, emitted: [] });
    const dead = await take('dead');
    const began = Date.now();
    const next = await take('next');
    expect(Date.now() - began).toBeGreaterThan(1000);
    // Who comes too late is told, and makes no attempt.
    expect(await inTurn(place, dead, true, made)).toBeUndefined();
    // Who is at work keeps the place.
    let over = false;
    const work = inTurn(place, next, false, async () => {
      await wait(2500);
      over = true;
      return made();
    });
    const last = await take('last');
    expect(over).toBe(true);
    expect(await work).toMatchObject({ value: 1 });
    expect(await inTurn(place, last, false, made)).toMatchObject({ value: 1 });
    const stop = new AbortController();
    const waiting = take('holds').then(() =>
      takeTurnWithin(place, { contract: task, run: 'w', path: 'x', attempt: 1 }, 'w', stop.signal),
    );
    setTimeout(() => stop.abort(), 300);
    await expect(waiting).rejects.toMatchObject({ code: 'MR5210' });
    await restate.until(`select value_utf8 from state where service_name = 'silent.limits' and key = 'gate'`, ([row]) =>
      String(row?.['value_utf8']).includes('"waiting":[]'),
    );
  }, 60_000);

  it('let a run that is cancelled leave the queue', async () => {
    const first = await start('one', 'leave-1', 'a');
    await until(() => lines().length === 1);
    const second = await start('one', 'leave-2', 'b');
    const third = await start('one', 'leave-3', 'c');
    await restate.ask('PATCH', `/invocations/${second}/cancel`);
    expect(await end(second)).toMatchObject({ status: 'cancelled' });
    await end(first);
    await end(third);
    expect(lines().map(({ say }) => say)).toEqual(['a', 'a', 'c', 'c']);
  });

  it('give a place back at once when its run was cancelled while its endpoint was away', async () => {
    const first = await start('one', 'away-1', 'a');
    await until(() => lines().length === 1);
    const second = await start('one', 'away-2', 'b');
    await child.kill();
    await restate.ask('PATCH', `/invocations/${first}/cancel`);
    await child.restart();
    const back = Date.now();
    expect(await end(first)).toMatchObject({ status: 'cancelled' });
    await end(second);
    expect(lines().map(({ say }) => say)).toEqual(['a', 'b', 'b']);
    // Long before one would count as silent.
    expect((lines()[1]?.at ?? Infinity) - back).toBeLessThan(8000);
  });

  it('let what undoes go on that is cancelled as it asks for its turn', async () => {
    // So many that whoever asks has to wait for an answer.
    const others = Array.from({ length: 100 }, (_, number) => start('quick', `quick-${number}`, 'other'));
    const undoes = await start('undoes', 'undoes-1', 1);
    await until(() => lines().some(({ what }) => what === 'fails'));
    await restate.ask('PATCH', `/invocations/${undoes}/cancel`);
    expect(await end(undoes)).toMatchObject({ status: 'failed', error: { message: 'bad' } });
    expect(lines().filter(({ say }) => say === 'undo')).toMatchObject([{ what: 'begin' }, { what: 'end' }]);
    await Promise.all((await Promise.all(others)).map(end));
  });

  it('let so many wait, and fail one more with MR3121', async () => {
    const first = await start('few', 'few-1', 'a');
    await until(() => lines().length === 1);
    const second = await start('few', 'few-2', 'b');
    await restate.until(
      `select value_utf8 from state where service_name = 'test.limits' and service_key = 'few' and key = 'gate'`,
      ([row]) => String(row?.['value_utf8']).includes('few-2'),
    );
    expect(await end(await start('few', 'few-3', 'c'))).toMatchObject({
      status: 'failed',
      error: { code: 'MR3121', name: 'QueueFullError' },
    });
    await Promise.all([first, second].map(end));
    expect(lines().map(({ say }) => say)).toEqual(['a', 'a', 'b', 'b']);
  });

  it('open a breaker for all, and close it when a try succeeds', async () => {
    const shaky = async (run: string, fails: boolean) => end(await start('shaky', run, fails));
    expect(await shaky('s1', true)).toMatchObject({ error: { message: 'shaky' } });
    expect(await shaky('s2', true)).toMatchObject({ error: { message: 'shaky' } });
    const open = (await shaky('s3', false)) as { readonly error: { readonly details: { readonly until: number } } };
    expect(open).toMatchObject({ error: { code: 'MR3120', name: 'BreakerOpenError' } });
    expect(lines().length).toBe(2);
    await wait(open.error.details.until - Date.now() + 20);
    expect(await shaky('s4', false)).toMatchObject({ output: 'fine' });
    expect(await shaky('s5', false)).toMatchObject({ output: 'fine' });
    expect(lines().length).toBe(4);
  });
});
