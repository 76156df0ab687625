import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyTask, bind } from '../../runtime/fixtures/bind.ts';
import type { Place } from '../contract.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { placeOf } from '../fixtures/place.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';

import { attemptServices, effectServices, type KeptServices } from './index.ts';

const never = () => new Promise<never>(() => {});

describe.skipIf(!restateIsInstalled())('what attempts keep on Restate', () => {
  let restate: TestRestate;
  let place: Place;
  let asked = 0;
  const signal = new AbortController().signal;
  let serial = 0;
  const step = (path = `step${++serial}`) => ({ run: 'r', path, task: 'job' });
  const open = async (of = step(), key = `key of ${of.path}`, again = false, input: string | null = null) =>
    attemptServices(place, of, key, input, again);

  beforeAll(async () => {
    restate = await startRestate();
    const call = restate.call;
    const counting: Place['ingress'] = {
      call: (asks) => (asked++, call.call(asks)),
      send: (asks) => (asked++, call.send(asks)),
    };
    place = { ...placeOf(bind({ unimplemented: [anyTask('job')] }), restate.ingress), ingress: counting };
    await restate.serve(effectServices(place));
  });
  afterAll(() => restate?.close());

  it('asks the server for nothing until there is something to keep', async () => {
    const before = asked;
    const first = await open();
    expect([first.state(), first.kept, asked - before]).toEqual([undefined, false, 0]);
    await first.tool(signal)('t', 1, () => 1);
    expect([first.kept, asked - before]).toEqual([true, 1]);
  });

  it('gives the state that was saved last, for the same key and input', async () => {
    const of = step();
    const first = await open(of);
    await first.checkpoint('{"n":1}');
    await first.checkpoint('{"n":2}');
    expect(first.state()).toBe('{"n":2}');
    const states = async (key: string, input: string | null) => (await open(of, key, true, input)).state();
    expect(await states(`key of ${of.path}`, null)).toBe('{"n":2}');
    expect(await states(`key of ${of.path}`, '2')).toBeUndefined();
    expect(await states('another key', null)).toBeUndefined();
  });

  it('gives good results of tools again, bad ones when they are wanted, and runs one when it is forced', async () => {
    const of = step();
    let ran = 0;
    const first = await open(of);
    const use = (services: KeptServices, args: unknown, run: () => unknown, options = {}) =>
      services.tool(signal)('shell', args, run, options);
    const keys: string[] = [];
    const twice = [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ].map((args) =>
      first.tool(signal)('fetch', args, async ({ idempotencyKey }) => {
        keys.push(idempotencyKey);
        await wait(5);
        return { n: ++ran };
      }),
    );
    expect(await Promise.all(twice)).toEqual([
      { output: { n: 1 }, replayed: false },
      { output: { n: 1 }, replayed: false },
    ]);
    expect(await first.tool(signal)('fetch', { a: 1, b: 2 }, never)).toEqual({ output: { n: 1 }, replayed: true });
    expect(await use(first, 'exit', () => ({ exitCode: 1 }))).toEqual({ output: { exitCode: 1 }, replayed: false });
    const boom = Object.assign(new Error('boom'), { code: 'BOOM' });
    await expect(use(first, 'throw', () => Promise.reject(boom))).rejects.toBe(boom);
    await expect(use(first, 'no JSON', () => 1n)).rejects.toMatchObject({ code: 'MR3138' });

    const second = await open(of, undefined, true);
    expect(second.kept).toBe(true);
    expect(await use(second, 'exit', never, { replayErrors: true })).toEqual({
      output: { exitCode: 1 },
      replayed: true,
    });
    await expect(use(second, 'throw', never, { replayErrors: true })).rejects.toMatchObject({ code: 'BOOM' });
    expect(await use(second, 'exit', () => ({ exitCode: 0 }))).toEqual({ output: { exitCode: 0 }, replayed: false });
    expect(await second.tool(signal)('fetch', { a: 1, b: 2 }, never)).toEqual({ output: { n: 1 }, replayed: true });
    expect(await second.tool(signal)('fetch', { a: 1, b: 2 }, () => null, { force: true })).toMatchObject({
      output: null,
    });
    const third = await open(of, undefined, true);
    expect(await third.tool(signal)('fetch', { a: 1, b: 2 }, never)).toEqual({ output: null, replayed: true });
    expect(new Set(keys).size).toBe(1);
    // What its run does when it is begun anew is another step.
    const anew = await open(of, 'the key of a new invocation', true);
    expect(await anew.tool(signal)('fetch', { a: 1, b: 2 }, () => 'x')).toEqual({ output: 'x', replayed: false });
  });

  it('keeps nothing of an attempt that has ended, nor what is not trusted any more', async () => {
    const of = step();
    const first = await open(of);
    const over = new AbortController();
    await first.tool(over.signal)('late', 1, () => over.abort());
    await first.tool(signal)('t', 1, () => 1);
    await first.checkpoint('1');
    const second = await open(of, undefined, true);
    expect(await second.tool(signal)('late', 1, () => 'again')).toMatchObject({ output: 'again' });
    second.distrust();
    expect(second.state()).toBeUndefined();
    const third = await open(of, undefined, true);
    expect(third.state()).toBeUndefined();
    expect(await third.tool(signal)('t', 1, () => 2)).toEqual({ output: 2, replayed: false });
    expect(await (await open(of, undefined, true)).tool(signal)('t', 1, never)).toEqual({ output: 2, replayed: true });
  });

  it('keeps five megabytes whole, and says no to what is too much', async () => {
    const of = step();
    const first = await open(of);
    const text = 'ä€'.repeat(1_000_000);
    await first.tool(signal)('big', 1, () => text);
    const second = await open(of, undefined, true);
    expect((await second.tool(signal)('big', 1, never)).output).toBe(text);
    const huge = 'x'.repeat(17 * 1024 * 1024);
    await expect(first.tool(signal)('huge', 1, () => huge)).rejects.toMatchObject({ code: 'MR5250', retryable: false });
    await expect(first.checkpoint(JSON.stringify(huge))).rejects.toMatchObject({ code: 'MR5250' });
    await expect(first.once(signal)('huge', 1, () => huge)).rejects.toMatchObject({ code: 'MR5250' });
  });
});
