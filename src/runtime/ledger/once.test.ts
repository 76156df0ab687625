import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openMemory, openSqlite } from 'millrace/store';
import { SimulatedClock } from 'millrace/testing';
import { openLedger } from './ledger.ts';

const stores = { sqlite: () => openSqlite(':memory:'), memory: () => openMemory() };

describe.each(Object.entries(stores))('a ledger on %s', (_name, open) => {
  const opened = () => {
    const clock = new SimulatedClock();
    return { clock, ledger: openLedger({ store: open(), clock }) };
  };

  it('lets exactly one caller go; the others wait and get its result, null too', async () => {
    const { ledger, clock } = opened();
    let ran = 0;
    const gate = Promise.withResolvers<null>();
    const callers = Array.from({ length: 5 }, () => ledger.once('k', { a: 1 }, () => (ran++, gate.promise)));
    await clock.advance('1s');
    gate.resolve(null);
    await clock.advance('1s');
    const results = await Promise.all(callers);
    expect(ran).toBe(1);
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(results.every(({ output }) => output === null)).toBe(true);
    expect(await ledger.once('k', { a: 1 }, () => 'another')).toEqual({ output: null, replayed: true });
    expect(ledger.get('k')).toMatchObject({ status: 'succeeded', outcome: { output: null } });
  });

  it('refuses another request under the same key, also while the first is under way', async () => {
    const { ledger } = opened();
    const gate = Promise.withResolvers<number>();
    const first = ledger.once('k', { a: 1, b: 2 }, () => gate.promise);
    await expect(ledger.once('k', { a: 2 }, () => 1)).rejects.toMatchObject({ code: 'MR3135', retryable: false });
    // The order of members is no difference.
    await expect(ledger.once('k', { b: 2, a: 1 }, () => 1, { wait: false })).rejects.toMatchObject({
      code: 'MR3136',
      retryable: true,
    });
    gate.resolve(7);
    await first;
    await expect(ledger.once('k', { a: 2 }, () => 1)).rejects.toMatchObject({ code: 'MR3135' });
    expect(await ledger.once('k', { b: 2, a: 1 }, () => 1)).toEqual({ output: 7, replayed: true });
  });

  it('lets what has failed be tried again, and gives the error to the one who ran', async () => {
    const { ledger } = opened();
    const boom = new Error('boom');
    await expect(ledger.once('k', 1, () => Promise.reject(boom))).rejects.toBe(boom);
    expect(ledger.get('k')).toMatchObject({ status: 'failed', outcome: { error: { message: 'boom' } } });
    expect(await ledger.once('k', 1, () => 'good')).toEqual({ output: 'good', replayed: false });
    await expect(ledger.once('n', 1, () => () => 1)).rejects.toMatchObject({ code: 'MR3138' });
  });

  it('has failed with a result that is no JSON: the error is coded, and the key is free at once', async () => {
    const { ledger } = opened();
    for (const bad of [10n, () => 1, Symbol('x'), { at: 10n }]) {
      await expect(ledger.once('k', 1, () => bad)).rejects.toMatchObject({ code: 'MR3138', retryable: false });
      expect(ledger.get('k')).toMatchObject({ status: 'failed', outcome: { error: { code: 'MR3138' } } });
      const begun = ledger.begin('l', 1);
      const { claim } = begun as Extract<typeof begun, { state: 'go' }>;
      expect(() => ledger.succeed('l', claim, bad)).toThrow(expect.objectContaining({ code: 'MR3138' }));
      expect(ledger.get('l')?.status).toBe('failed');
      expect(() => ledger.succeed('l', claim, 1)).toThrow(expect.objectContaining({ code: 'MR3280' }));
    }
    expect(await ledger.once('k', 1, () => 'good')).toEqual({ output: 'good', replayed: false });
    expect(ledger.begin('l', 1)).toMatchObject({ state: 'go' });
  });

  it('knows a result for its time to live, and then makes it anew with a fresh one', async () => {
    const { ledger, clock } = opened();
    let ran = 0;
    const ask = () => ledger.once('k', 1, () => ++ran, { ttl: '1h' });
    await ask();
    for (let minutes = 0; minutes < 180; minutes += 30) {
      await clock.advance('30m');
      await ask();
    }
    // At 1 h, 2 h and 3 h, and after each it is kept for another hour.
    expect(ran).toBe(4);
    expect(ledger.cleanup()).toBe(0);
    await clock.advance('1h');
    expect(ledger.get('k')).toBeUndefined();
    expect([ledger.cleanup(), ledger.cleanup()]).toEqual([1, 0]);
    // Another request may have the key now.
    expect(await ledger.once('k', 2, () => 'x')).toEqual({ output: 'x', replayed: false });
  });

  it('hands a claim on when its lease is over, and refuses the result of the one who lost it', () => {
    const { ledger, clock } = opened();
    const first = ledger.begin('k', 1, { lease: '10s', ttl: '1s' });
    expect(ledger.begin('k', 1)).toMatchObject({ state: 'inProgress' });
    return clock.advance('11s').then(() => {
      const second = ledger.begin('k', 1, { lease: '10s' });
      if (first.state !== 'go' || second.state !== 'go') throw new Error('expected two claims');
      expect(() => ledger.succeed('k', first.claim, 'old')).toThrow(expect.objectContaining({ code: 'MR3280' }));
      ledger.succeed('k', second.claim, 'new');
      expect(ledger.begin('k', 1)).toEqual({ state: 'done', output: 'new' });
      expect(() => ledger.fail('k', second.claim, new Error('late'))).toThrow(
        expect.objectContaining({ code: 'MR3280' }),
      );
      expect(() => ledger.succeed('unknown', 'x', 1)).toThrow(expect.objectContaining({ code: 'MR3137' }));
    });
  });

  it('holds a claim as long as its work goes on, longer than lease and time to live', async () => {
    const { ledger, clock } = opened();
    const gate = Promise.withResolvers<string>();
    const first = ledger.once('k', 1, () => gate.promise, { lease: '3s', ttl: '2s' });
    await clock.advance('1m');
    expect(ledger.cleanup()).toBe(0);
    await expect(ledger.once('k', 1, () => 'second', { wait: false })).rejects.toMatchObject({ code: 'MR3136' });
    gate.resolve('first');
    expect(await first).toEqual({ output: 'first', replayed: false });
  });
});

it('never lets two go at once, in whatever order claims, ends and time come', () => {
  const act = fc.oneof(
    fc.record({
      act: fc.constant('begin' as const),
      key: fc.nat(1),
      ttl: fc.constantFrom('1s' as const, '20s' as const),
    }),
    fc.record({ act: fc.constantFrom('succeed' as const, 'fail' as const), which: fc.nat(5) }),
    fc.record({ act: fc.constant('time' as const), ms: fc.nat(15_000) }),
    fc.record({ act: fc.constant('cleanup' as const) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      let now = 1_000_000;
      const ledger = openLedger({ store: openMemory(), clock: { now: () => now, at: () => () => {} } });
      const claims: { key: string; claim: string; until: number; ended: boolean }[] = [];
      for (const one of acts) {
        if (one.act === 'time') now += one.ms;
        else if (one.act === 'cleanup') ledger.cleanup();
        else if (one.act === 'begin') {
          const key = String(one.key);
          const begun = ledger.begin(key, 'same', { lease: '10s', ttl: one.ttl });
          const held = claims.filter((claim) => claim.key === key && !claim.ended && claim.until > now);
          if (begun.state === 'go') {
            expect(held).toEqual([]);
            claims.push({ key, claim: begun.claim, until: now + 10_000, ended: false });
          } else if (begun.state === 'inProgress') expect(held).toHaveLength(1);
        } else {
          const claim = claims[one.which];
          if (claim === undefined) continue;
          try {
            ledger[one.act](claim.key, claim.claim, 1, { ttl: '1h' });
          } catch {
            continue;
          }
          // Only the newest claim of a key may end it, once.
          expect(claim.ended).toBe(false);
          expect(claims.findLast(({ key }) => key === claim.key)).toBe(claim);
          claim.ended = true;
        }
      }
    }),
    { numRuns: Number(process.env['LEDGER_RUNS'] ?? 300) },
  );
});

describe('processes that share a file', () => {
  const child = fileURLToPath(new URL('./fixtures/ledger-child.ts', import.meta.url));
  const start = (...args: string[]) => {
    const one = spawn(process.execPath, ['--import', 'tsx', child, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
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
    const path = mkdtempSync(join(tmpdir(), 'millrace-ledger-'));
    onTestFinished(() => rmSync(path, { recursive: true, force: true }));
    return path;
  };
  const lines = (log: string) => readFileSync(log, 'utf8').split('\n').filter(Boolean);

  it('do each thing once, however many ask for it at the same moment, and all get its result', async () => {
    const at = folder();
    const keys = Number(process.env['LEDGER_KEYS'] ?? 80);
    const children = Array.from({ length: 4 }, (_, index) =>
      // Two begin at one end and two at the other, so that each of them has something to do.
      start(join(at, 'db'), join(at, 'log'), String(keys), '30s', index % 2 === 0 ? 'first' : 'last'),
    );
    await Promise.all(children.map(({ ready }) => ready));
    for (const { one } of children) one.stdin.write('go\n');
    const got = (await Promise.all(children.map(({ ended }) => ended))).map((text) => JSON.parse(text) as unknown);
    const done = lines(join(at, 'log'));
    expect(done.map((line) => line.split(' ')[0]).sort()).toEqual(
      Array.from({ length: keys }, (_, key) => `key-${key}`).sort(),
    );
    expect(Object.keys(got[0] as object)).toHaveLength(keys);
    for (const other of got) expect(other).toEqual(got[0]);
    // The work was shared: it was a race.
    expect(new Set(done.map((line) => line.split(' ')[1])).size).toBeGreaterThan(1);
  });

  it('take over what one of them held when it was killed', async () => {
    const at = folder();
    const args = [join(at, 'db'), join(at, 'log'), '40', '300ms'];
    const [first, second] = [start(...args), start(...args)];
    await Promise.all([first.ready, second.ready]);
    first.one.stdin.write('go\n');
    await expect.poll(() => lines(join(at, 'log')).length, { interval: 1, timeout: 10_000 }).toBeGreaterThan(8);
    first.one.kill('SIGKILL');
    await first.ended;
    const before = lines(join(at, 'log'));
    second.one.stdin.write('go\n');
    expect(Object.keys(JSON.parse(await second.ended) as object)).toHaveLength(40);
    const counts = Map.groupBy(lines(join(at, 'log')), (line) => line.split(' ')[0]);
    expect(counts.size).toBe(40);
    // Only what was in hand in that moment, four at most, was done a second time.
    const twice = [...counts].filter(([, all]) => all.length > 1);
    expect(twice.length).toBeLessThanOrEqual(4);
    for (const [key] of twice) expect(before.slice(-8).some((line) => line.startsWith(`${key} `))).toBe(true);
  });
});
