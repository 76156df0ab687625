import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemScheduler, type Scheduler } from 'millrace/core';
import { openMemory, openSqlite, type Store } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { checkDatabase, SimulatedClock } from 'millrace/testing';
import { pruneDatabase, ReactiveSystemRuntime, type RuntimeOptions } from '../index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';
import { bytes } from './limits.ts';

const work = anyTask('work');
const tick = anyEvent('tick');
const leaf = anyFlow('leaf', (host, input: unknown) => host.step('x', () => work(input), at));
const waits = anyFlow('waits', (host) => host.receive('tick', tick, { ...at, match: () => ({ k: 1 }) }));
const tree = anyFlow('tree', async (host, input: { waits: boolean; children: number }) => {
  for (let n = 0; n < input.children; n++)
    await host.child(`leaf${n}`, () => ({ contract: leaf.contract, input: n }), at);
  if (input.waits) await host.child('waits', () => ({ contract: waits.contract, input: 1 }), at);
  return 'done';
});
const system = bind({ events: [tick], flows: [leaf, waits, tree], tasks: [code(work, (input) => input)] });

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'retention-'));
  file = join(folder, 'a.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (options: RuntimeOptions) => new ReactiveSystemRuntime(system, { logger: silentLogger, ...options });
const ids = (runtime: ReactiveSystemRuntime): string[] =>
  runtime
    .list()
    .map(({ id }) => id)
    .sort();

/** Rows of runs that are not there. */
function orphans(store: Store, runs: readonly string[]): string[] {
  return runs
    .filter((id) => store.tables.runs.get(id) === undefined)
    .filter(
      (id) =>
        store.tables.journal.of(id).length > 0 ||
        store.tables.timers.of(id).length > 0 ||
        store.tables.waits.of(id).length > 0 ||
        store.tables.events.consumedBy(id).length > 0,
    );
}

describe.each(['memory', 'sqlite'])('in a store of kind %s', (kind) => {
  it('lets go of the oldest ended trees beyond a number, and of nothing that is under way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ waits: fc.boolean(), children: fc.integer({ min: 0, max: 3 }), pause: fc.boolean() }), {
          maxLength: 12,
        }),
        fc.integer({ min: 0, max: 8 }),
        async (asked, keep) => {
          const store = kind === 'memory' ? openMemory() : openSqlite(':memory:');
          const clock = new SimulatedClock();
          const runtime = open({ store, clock });
          const all: string[] = [];
          const ended: string[] = [];
          for (const [n, { waits: isWaiting, children, pause }] of asked.entries()) {
            const id = `r${String(n).padStart(2, '0')}`;
            await runtime.start('tree', { waits: isWaiting, children }, { id });
            await runtime.idle();
            if (isWaiting && pause) await runtime.pause(id);
            if (!isWaiting) ended.push(id);
            await clock.advance(1);
          }
          all.push(...ids(runtime));
          const would = await runtime.prune({ keep, dryRun: true });
          expect(ids(runtime)).toEqual(all);
          const done = await runtime.prune({ keep });
          expect(done).toEqual(would);
          const gone = ended.slice(0, Math.max(0, ended.length - keep));
          const isGone = (id: string): boolean => gone.some((root) => id === root || id.startsWith(`${root}/`));
          expect(ids(runtime)).toEqual(all.filter((id) => !isGone(id)));
          expect([...done.runs].sort()).toEqual(all.filter(isGone));
          expect(orphans(store, all)).toEqual([]);
          expect(checkDatabase(store)).toEqual([]);
          for (const { id, status } of runtime.active())
            if (status === 'paused' && !id.includes('/')) await runtime.resume(id);
          const underWay = runtime.active().map(({ id }) => id);
          await runtime.sendEvent('tick', { k: 1 });
          await runtime.idle();
          for (const id of underWay) expect(runtime.status(id)).toMatchObject({ status: 'completed' });
          await runtime.close();
          store.close();
        },
      ),
      { numRuns: Number(process.env['RETENTION_RUNS'] ?? 25) },
    );
  });

  it('lets go by age, at the start', async () => {
    const store = kind === 'memory' ? openMemory() : openSqlite(':memory:');
    const clock = new SimulatedClock();
    const first = open({ store, clock });
    await first.executeFlow('leaf', 1, { id: 'old' });
    await clock.advance('10d');
    await first.executeFlow('leaf', 1, { id: 'new' });
    await first.close();
    const told: unknown[] = [];
    const second = open({ store, clock, retention: { runs: { maxAge: '9d' } } });
    second.on((event) => event.type === 'runs.pruned' && told.push(event.runs));
    await second.idle();
    expect(ids(second)).toEqual(['new']);
    expect(told).toEqual([1]);
    await second.close();
    const third = new ReactiveSystemRuntime(
      { ...system, retention: { runs: { keep: 0 } } },
      { store, clock, logger: silentLogger },
    );
    await third.idle();
    expect(ids(third)).toEqual([]);
    await third.close();
  });

  it('forgets the key of a start with its run, and keeps it as long as the run is there', async () => {
    const store = kind === 'memory' ? openMemory() : openSqlite(':memory:');
    const runtime = open({ store });
    const { runId } = await runtime.start('leaf', 1, { idempotencyKey: 'k' });
    await runtime.result(runId);
    expect(await runtime.start('leaf', 1, { idempotencyKey: 'k' })).toEqual({ runId, attached: true });
    await runtime.prune({ keep: 0 });
    const again = await runtime.start('leaf', 1, { idempotencyKey: 'k' });
    expect(again).toMatchObject({ attached: false });
    expect(again.runId).not.toBe(runId);
    await runtime.close();
  });

  it('lets go of events that have expired and were handed out, and of none that a run may still take', async () => {
    const store = kind === 'memory' ? openMemory() : openSqlite(':memory:');
    const clock = new SimulatedClock();
    const first = open({ store, clock });
    await first.start('tree', { waits: true, children: 0 }, { id: 'w' });
    for (let n = 0; n < 5; n++) await first.sendEvent('tick', { k: 1, n }, { idempotencyKey: `k${n}` });
    await clock.advance('8d');
    const late = await first.sendEvent('tick', { k: 1, n: 5 }, { idempotencyKey: 'k5' });
    await first.close();
    const second = open({ store, clock, retention: { events: { keep: 0 }, ledger: { maxAge: '9d' } } });
    await second.idle();
    expect(second.reader.events().map(({ id }) => id)).toEqual([late.eventId]);
    expect(await second.sendEvent('tick', { k: 1, n: 5 }, { idempotencyKey: 'k5' })).toMatchObject({
      eventId: late.eventId,
    });
    const next = await second.sendEvent('tick', { k: 1, n: 0 }, { idempotencyKey: 'k0' });
    expect(second.reader.events()).toHaveLength(2);
    expect(second.reader.events()[0]).toMatchObject({ id: next.eventId, sequence: 7 });
    await second.close();
  });
});

it('lets go until the database has no more bytes in use than it may, in batches, and shrinks the file on demand', async () => {
  const runtime = open({ db: file });
  const input = 'x'.repeat(2000);
  for (let n = 0; n < 60; n++)
    await Promise.all(Array.from({ length: 10 }, (_, m) => runtime.executeFlow('leaf', input, { id: `r${n}-${m}` })));
  await runtime.close();
  const before = openSqlite(file, { readOnly: true });
  const { used } = before.space();
  before.close();
  expect(used).toBeGreaterThan(3e6);
  const would = await pruneDatabase(file, { maxSize: '1mb', dryRun: true });
  const done = await pruneDatabase(file, { maxSize: '1mb' });
  expect(done.runs.length).toBeGreaterThan(300);
  expect(done.runs.length).toBeLessThan(600);
  expect(would.runs.length).toBeGreaterThanOrEqual(done.runs.length);
  expect(done.space.used).toBeLessThanOrEqual(1e6);
  expect(done.space.free).toBeGreaterThan(1e6);
  const shrunk = await pruneDatabase(file, { keep: 1000, vacuum: true });
  expect(shrunk.space.free).toBe(0);
  const db = new DatabaseSync(file);
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  db.close();
});

it('lets go once an hour', async () => {
  const hourly: (() => void)[] = [];
  const scheduler: Scheduler = {
    ...systemScheduler,
    every: (ms, work) => {
      if (ms === 3_600_000) hourly.push(work);
      return systemScheduler.every(ms, work);
    },
  };
  const runtime = open({ db: ':memory:', scheduler, retention: { runs: { keep: 1 } } });
  for (const id of ['a', 'b', 'c']) await runtime.executeFlow('leaf', 1, { id });
  expect(ids(runtime)).toEqual(['a', 'b', 'c']);
  for (const look of hourly) look();
  await runtime.idle();
  expect(ids(runtime)).toEqual(['c']);
  await runtime.close();
});

it('is done by the process that drives the database, whoever asks', async () => {
  const runtime = open({ db: file });
  const told: string[] = [];
  runtime.on(({ type }) => told.push(type));
  for (const id of ['a', 'b', 'c']) await runtime.executeFlow('leaf', 1, { id });
  const done = await pruneDatabase(file, { keep: 1, vacuum: true });
  expect(done).toMatchObject({ runs: ['a', 'b'], notShrunk: expect.any(String) });
  expect(ids(runtime)).toEqual(['c']);
  expect(told).toContain('runs.pruned');
  await runtime.close();
  expect(await pruneDatabase(file, { keep: 0 })).toMatchObject({ runs: ['c'] });
});

it('says which limits are none', async () => {
  expect(bytes('500mb')).toBe(500_000_000);
  expect(bytes('1.5 KB')).toBe(1500);
  expect(bytes(7)).toBe(7);
  for (const size of ['', '5 apples', '-1', Number.NaN, 'mb'])
    expect(() => bytes(size)).toThrow(expect.objectContaining({ code: 'MR3520' }));
  for (const retention of [{ runs: { keep: -1 } }, { events: { keep: 0.5 } }, { runs: { maxSize: 'big' } }])
    expect(() => open({ db: ':memory:', retention })).toThrow(expect.objectContaining({ code: 'MR3520' }));
  expect(() => open({ db: ':memory:', retention: { history: { keep: 0 } } })).toThrow(
    expect.objectContaining({ code: 'MR3358' }),
  );
  const runtime = open({ db: file });
  await expect(runtime.prune({})).rejects.toMatchObject({ code: 'MR3520' });
  await expect(pruneDatabase(file, {})).rejects.toMatchObject({ code: 'MR3520' });
  await runtime.close();
});
