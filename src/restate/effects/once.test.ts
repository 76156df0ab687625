import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bind } from '../../runtime/fixtures/bind.ts';
import type { Place } from '../contract.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { placeOf } from '../fixtures/place.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { attemptServices, effectServices } from './index.ts';

const never = () => new Promise<never>(() => {});

/** Work that says when it has begun, and ends when it is told to. */
function begun<T>() {
  const [began, ends] = [Promise.withResolvers<void>(), Promise.withResolvers<T>()];
  return { begun: began.promise, resolve: ends.resolve, run: () => (began.resolve(), ends.promise) };
}

describe.skipIf(!restateIsInstalled())('what is to happen once, on Restate', () => {
  let restate: TestRestate;
  let place: Place;
  let offset = 0;
  const onceIn = async (run: string, signal = new AbortController().signal) =>
    (await attemptServices(place, { run, path: 'x', task: 'job' }, 'key', null, false)).once(signal);

  beforeAll(async () => {
    restate = await startRestate();
    const plain = placeOf(bind({}), restate.ingress);
    const clock = { ...plain.clock, now: () => Date.now() + offset, wall: plain.clock };
    place = { ...plain, clock };
    await restate.serve(effectServices(place));
  });
  afterAll(() => restate?.close());

  it('lets exactly one caller go; the others wait and get its result, null too', async () => {
    let ran = 0;
    const gate = Promise.withResolvers<null>();
    const onces = await Promise.all(['a', 'b', 'c'].map((run) => onceIn(run)));
    const callers = onces.map((once) => once('k1', { a: 1, b: 2 }, () => (ran++, gate.promise)));
    await expect.poll(() => ran).toBe(1);
    const other = await onceIn('d');
    await expect(other('k1', { a: 2 }, never)).rejects.toMatchObject({ code: 'MR3135', retryable: false });
    await expect(other('k1', { b: 2, a: 1 }, never, { wait: false })).rejects.toMatchObject({
      code: 'MR3136',
      retryable: true,
      details: { key: 'k1', until: expect.any(Number) },
    });
    gate.resolve(null);
    const results = await Promise.all(callers);
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(results.every(({ output }) => output === null)).toBe(true);
    expect(await other('k1', { b: 2, a: 1 }, never)).toEqual({ output: null, replayed: true });
    expect(ran).toBe(1);
  });

  it('lets what has failed be tried again, and gives the error to the one who ran', async () => {
    const once = await onceIn('a');
    const boom = new Error('boom');
    await expect(once('k2', 1, () => Promise.reject(boom))).rejects.toBe(boom);
    await expect(once('k2', 1, () => 10n)).rejects.toMatchObject({ code: 'MR3138', retryable: false });
    expect(await once('k2', 1, () => 'good')).toEqual({ output: 'good', replayed: false });
  });

  it('knows a result for its time to live, and lets another request have the key after that', async () => {
    const once = await onceIn('a');
    expect(await once('k3', 1, () => 1, { ttl: '1h' })).toEqual({ output: 1, replayed: false });
    offset += 3_599_000;
    expect(await once('k3', 1, () => 2, { ttl: '1h' })).toEqual({ output: 1, replayed: true });
    await expect(once('k3', 2, () => 2)).rejects.toMatchObject({ code: 'MR3135' });
    offset += 2000;
    expect(await once('k3', 2, () => 3)).toEqual({ output: 3, replayed: false });
  });

  it('holds a claim as long as its work goes on, and hands it on when nothing is heard of it', async () => {
    const [one, other] = [await onceIn('a'), await onceIn('b')];
    const gate = begun<string>();
    const first = one('k4', 1, gate.run, { lease: '2s' });
    await gate.begun;
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await expect(other('k4', 1, never, { wait: false })).rejects.toMatchObject({ code: 'MR3136' });
    gate.resolve('first');
    expect(await first).toEqual({ output: 'first', replayed: false });

    // It is told to stop, and does not listen: another has the key then, and what it gives is refused.
    const stop = new AbortController();
    const deaf = begun<string>();
    const lost = (await onceIn('a', stop.signal))('k5', 1, deaf.run, { lease: '2s' });
    await deaf.begun;
    await expect(other('k5', 1, never, { wait: false })).rejects.toMatchObject({ code: 'MR3136' });
    stop.abort();
    expect(await other('k5', 1, () => 'second')).toEqual({ output: 'second', replayed: false });
    deaf.resolve('late');
    await expect(lost).rejects.toMatchObject({ code: 'MR3280', retryable: true });
  });

  it('gives a later attempt of the same step what an earlier one held, unless that is at it still', async () => {
    const gate = begun<string>();
    const first = (await onceIn('s'))('k6', 1, gate.run);
    await gate.begun;
    const again = (await onceIn('s'))('k6', 1, () => 'again', { wait: false });
    await expect(again).rejects.toMatchObject({ code: 'MR3136' });
    gate.resolve('first');
    expect(await first).toMatchObject({ output: 'first' });
    // Another process has it, whose attempt was before this one.
    await place.ingress.call({
      service: place.names.effects,
      key: 'once k7',
      handler: 'claim',
      body: {
        request: 'r',
        owner: 'o',
        now: place.clock.now(),
        wall: Date.now(),
        ttlMs: 1e6,
        leaseMs: 1e6,
        by: { run: 's', path: 'x', attempt: 'dead' },
        underWay: [],
      },
    });
    await expect((await onceIn('t'))('k7', 1, never)).rejects.toMatchObject({ code: 'MR3135' });
  });

  it('stops waiting when it is told to', async () => {
    const gate = begun<string>();
    void (await onceIn('a'))('k8', 1, gate.run);
    await gate.begun;
    const stop = new AbortController();
    const waiting = (await onceIn('b', stop.signal))('k8', 1, never);
    setTimeout(() => stop.abort(new Error('enough')), 200);
    await expect(waiting).rejects.toThrow('enough');
  });

  describe('by processes that share a server', () => {
    const child = fileURLToPath(new URL('./fixtures/ledger-child.ts', import.meta.url));
    const start = (...args: string[]) => {
      const one = spawn(process.execPath, ['--import', 'tsx', child, restate.ingress, ...args], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const lines: string[] = [];
      const ready = new Promise<void>((resolve) =>
        one.stdout.on('data', (data) => {
          lines.push(...String(data).split('\n').filter(Boolean));
          if (lines.includes('ready')) resolve();
        }),
      );
      const ended = new Promise<string>((resolve) => one.on('close', () => resolve(lines.at(-1) ?? '')));
      onTestFinished(() => void one.kill('SIGKILL'));
      return { one, ready, ended };
    };
    const folder = () => {
      const path = mkdtempSync(join(tmpdir(), 'millrace-once-'));
      onTestFinished(() => rmSync(path, { recursive: true, force: true }));
      return path;
    };
    const lines = (log: string) => readFileSync(log, { encoding: 'utf8', flag: 'a+' }).split('\n').filter(Boolean);

    it('is done once, however many ask for it at the same moment, and all get its result', async () => {
      const log = join(folder(), 'log');
      const keys = Number(process.env['LEDGER_KEYS'] ?? 24);
      const children = Array.from({ length: 4 }, (_, index) =>
        // Two begin at one end and two at the other, so that each of them has something to do.
        start(log, String(keys), '30s', index % 2 === 0 ? 'first' : 'last'),
      );
      await Promise.all(children.map(({ ready }) => ready));
      for (const { one } of children) one.stdin.write('go\n');
      const got = (await Promise.all(children.map(({ ended }) => ended))).map((text) => JSON.parse(text) as unknown);
      const done = lines(log);
      expect(done.map((line) => line.split(' ')[0]).sort()).toEqual(
        Array.from({ length: keys }, (_, key) => `key-${key}`).sort(),
      );
      expect(Object.keys(got[0] as object)).toHaveLength(keys);
      for (const other of got) expect(other).toEqual(got[0]);
      // The work was shared: it was a race.
      expect(new Set(done.map((line) => line.split(' ')[1])).size).toBeGreaterThan(1);
    }, 60_000);

    it('is taken over from one of them that was killed', async () => {
      const log = join(folder(), 'log');
      const args = [log, '24', '500ms', 'first', 'other'];
      const [first, second] = [start(...args), start(...args)];
      await Promise.all([first.ready, second.ready]);
      first.one.stdin.write('go\n');
      await expect.poll(() => lines(log).length, { interval: 1, timeout: 20_000 }).toBeGreaterThan(8);
      first.one.kill('SIGKILL');
      await first.ended;
      second.one.stdin.write('go\n');
      expect(Object.keys(JSON.parse(await second.ended) as object)).toHaveLength(24);
      const counts = Map.groupBy(lines(log), (line) => line.split(' ')[0]);
      expect(counts.size).toBe(24);
      // Only what was in hand in that moment, four at most, was done a second time.
      expect([...counts].filter(([, all]) => all.length > 1).length).toBeLessThanOrEqual(4);
    }, 60_000);
  });
});
