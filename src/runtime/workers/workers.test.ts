import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReader, ReactiveSystemRuntime, Worker } from 'millrace/runtime';
import { openSqlite, StoreError, sweepWork, type Store } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { marksSystem } from './fixtures/marks-system.ts';
import { Room } from './fixtures/processes.ts';

let room: Room;
beforeEach(() => {
  room = new Room();
});
afterEach(() => room.close());

const workers = { concurrency: 0 };
const quiet = { logger: silentLogger };

describe('workers in this process', () => {
  it('do what the owner leaves to them; results, events, failures and retries are as ever', async () => {
    const { db, log } = room;
    const runtime = new ReactiveSystemRuntime(marksSystem, { db, workers, ...quiet });
    const worker = new Worker(marksSystem, { db, ...quiet });
    const told: string[] = [];
    worker.on(({ type }) => told.push(type));
    const { runId } = await runtime.start('chain', { steps: 3, log });
    expect(await runtime.result(runId)).toMatchObject({
      success: true,
      output: [process.pid, process.pid, process.pid],
    });
    expect(told).toEqual(['work.started', 'work.ended', 'work.started', 'work.ended', 'work.started', 'work.ended']);
    await runtime.idle();
    expect(runtime.reader.events().map(({ name, payload }) => [name, payload])).toEqual([['noted', { runId }]]);
    const failed = await runtime.executeFlow('fails');
    expect(failed.error).toMatchObject({ code: 'CARD_DECLINED', message: 'The card was declined.', retryable: false });
    expect(failed.error?.details).toMatchObject({ card: 7, step: 'pay', attempt: 2 });
    expect(worker.counts).toEqual({ claimed: 5, completed: 3, failed: 2, lost: 0 });
    await worker.close();
    await runtime.close();
    const store = openSqlite(db);
    expect(store.tables.work.places()).toEqual([]);
    store.close();
  });

  it('leave no trace when nobody asks for them', async () => {
    const { db, log } = room;
    const runtime = new ReactiveSystemRuntime(marksSystem, { db, ...quiet });
    await runtime.executeFlow('chain', { steps: 2, log });
    await runtime.close();
    const store = openSqlite(db);
    // Not one claim: the counter of tokens was never touched.
    expect(store.tables.meta.get('work.token')).toBeUndefined();
    store.close();
  });

  it('are not needed: the owner works itself, as many as it may at a time', async () => {
    const { db, log } = room;
    const runtime = new ReactiveSystemRuntime(marksSystem, { db, workers: { concurrency: 2 }, ...quiet });
    const runs = await Promise.all([1, 2, 3, 4, 5].map(() => runtime.start('chain', { steps: 2, ms: 20, log })));
    for (const { runId } of runs) expect((await runtime.result(runId)).success).toBe(true);
    await runtime.close();
    let [now, most] = [0, 0];
    for (const { what } of room.effects()) most = Math.max(most, (now += what === 'begin' ? 1 : -1));
    expect(most).toBe(2);
  });

  it('take only the tasks they are for, and tell who holds what', async () => {
    const { db, log } = room;
    const runtime = new ReactiveSystemRuntime(marksSystem, { db, workers, ...quiet });
    expect(() => new Worker(marksSystem, { db, tasks: ['nothing'], ...quiet })).toThrow(
      expect.objectContaining({ code: 'MR3219' }),
    );
    expect(() => new Worker(marksSystem, { db, concurrency: 0, ...quiet })).toThrow(
      expect.objectContaining({ code: 'MR3271' }),
    );
    const other = new Worker(marksSystem, { db, tasks: ['picky'], ...quiet });
    const { runId } = await runtime.start('chain', { steps: 1, ms: 300, log });
    await expect.poll(() => openWork(db)).toEqual([['pending', null]]);
    const worker = new Worker(marksSystem, { db, tasks: ['mark'], leaseMs: 60_000, ...quiet });
    await expect.poll(() => worker.leases()).toHaveLength(1);
    expect(runtime.reader.work()).toMatchObject([
      { task: 'mark', runId, step: 's1', status: 'in_progress', worker: worker.name, losses: [] },
    ]);
    const [lease] = worker.leases();
    expect(lease).toMatchObject({ task: 'mark', runId, step: 's1', attempt: 1 });
    expect(worker.lease(lease?.work ?? '')).toMatchObject({
      exists: true,
      mine: true,
      expired: false,
      holder: worker.name,
    });
    expect(other.lease(lease?.work ?? '')).toMatchObject({ mine: false, holder: worker.name });
    expect(other.lease('none')).toMatchObject({ exists: false });
    expect(other.counts.claimed).toBe(0);
    expect((await runtime.result(runId)).success).toBe(true);
    await Promise.all([worker.close(), other.close()]);
    await runtime.close();
  });

  it('abort what is cancelled, and begin it again when a paused run goes on', async () => {
    const { db, log } = room;
    const runtime = new ReactiveSystemRuntime(marksSystem, { db, workers, ...quiet });
    const worker = new Worker(marksSystem, { db, ...quiet });
    const { runId } = await runtime.start('chain', { steps: 1, ms: 30_000, log });
    await expect.poll(() => room.effects().length).toBe(1);
    await runtime.pause(runId, { inFlight: 'abort' });
    await expect.poll(() => worker.counts.lost).toBe(1);
    expect(room.effects().map(({ what }) => what)).toEqual(['begin', 'abort']);
    expect(openWork(db)).toEqual([]);
    await runtime.resume(runId);
    await expect.poll(() => room.effects().length).toBe(3);
    expect(new Set(room.effects().map(({ key }) => key)).size).toBe(1);
    await runtime.cancel(runId);
    expect((await runtime.result(runId)).status).toBe('cancelled');
    await expect.poll(() => worker.counts.lost).toBe(2);
    expect(openWork(db)).toEqual([]);
    await worker.close();
    await runtime.close();
  });

  it('take the work of the most urgent run first, then the oldest', async () => {
    const { db, log } = room;
    const runtime = new ReactiveSystemRuntime(marksSystem, { db, workers, ...quiet });
    for (const [id, priority] of [
      ['first', 0],
      ['second', 0],
      ['urgent', 9],
      ['idle', -1],
    ] as const) {
      await runtime.start('chain', { steps: 1, log }, { id, priority });
      await expect.poll(() => openWork(db).length).toBe(runtime.active().length);
    }
    const worker = new Worker(marksSystem, { db, concurrency: 1, ...quiet });
    await runtime.idle();
    const begun = room.effects().filter(({ what }) => what === 'begin');
    expect(begun.map(({ run }) => run)).toEqual(['urgent', 'first', 'second', 'idle']);
    await worker.close();
    await runtime.close();
  });

  it('keep their leases alive while they work', async () => {
    const { db, log } = room;
    const runtime = new ReactiveSystemRuntime(marksSystem, { db, workers, ...quiet });
    const worker = new Worker(marksSystem, { db, leaseMs: 3000, ...quiet });
    const { runId } = await runtime.start('chain', { steps: 1, ms: 60_000, log });
    await expect.poll(() => worker.leases()).toHaveLength(1);
    const [lease] = worker.leases();
    await expect.poll(() => worker.leases()[0]?.expires, { timeout: 15_000 }).toBeGreaterThan(lease?.expires ?? 0);
    await runtime.cancel(runId);
    await worker.close();
    await runtime.close();
  }, 20_000);

  it('hand back what they cannot end before they close, and nothing counts as lost', async () => {
    const { db, log } = room;
    const runtime = new ReactiveSystemRuntime(marksSystem, { db, workers, ...quiet });
    const first = new Worker(marksSystem, { db, drainMs: 0, ...quiet });
    const { runId } = await runtime.start('chain', { steps: 1, ms: 300, log });
    await expect.poll(() => room.effects().length).toBe(1);
    await first.close();
    expect(openWork(db)).toEqual([['pending', null]]);
    const second = new Worker(marksSystem, { db, ...quiet });
    expect((await runtime.result(runId)).success).toBe(true);
    expect(journal(db, runId)).toEqual(['started', 'completed']);
    await second.close();
    await runtime.close();
  });

  it('go on when the owner is replaced: a result that nobody took is there for the next one', async () => {
    const { db, log } = room;
    const first = new ReactiveSystemRuntime(marksSystem, { db, workers, ...quiet });
    const { runId } = await first.start('chain', { steps: 2, ms: 100, log });
    const worker = new Worker(marksSystem, { db, tasks: ['mark'], ...quiet });
    await expect.poll(() => room.effects().length).toBe(1);
    await first.close();
    await expect.poll(() => openWork(db)).toEqual([['completed', worker.name]]);
    // Without the option: what a former owner has handed out is ended as it was, and the rest is done here.
    const next = new ReactiveSystemRuntime(marksSystem, { db, ...quiet });
    expect((await next.result(runId)).success).toBe(true);
    expect(room.effects().map(({ what }) => what)).toEqual(['begin', 'end', 'begin', 'end']);
    await worker.close();
    await next.close();
  });

  it('fail a step whose work or result cannot be read, and go on with the others', async () => {
    const { db, log } = room;
    const runtime = new ReactiveSystemRuntime(marksSystem, { db, workers, ...quiet });
    await runtime.start('chain', { steps: 1, log }, { id: 'request' });
    await runtime.start('chain', { steps: 1, log }, { id: 'result' });
    await expect.poll(() => openWork(db)).toHaveLength(2);
    const raw = new DatabaseSync(db);
    raw.exec("UPDATE work SET request = 'nonsense' WHERE run = 'request'");
    raw.exec(`UPDATE work SET status = 'completed', result = '{"ok":"perhaps"}' WHERE run = 'result'`);
    raw.close();
    const worker = new Worker(marksSystem, { db, ...quiet });
    expect((await runtime.result('request')).error?.message).toMatch(/JSON/);
    expect((await runtime.result('result')).error).toMatchObject({ code: 'MR3102', retryable: false });
    expect((await runtime.executeFlow('chain', { steps: 1, log })).success).toBe(true);
    await worker.close();
    await runtime.close();
  });

  it('become the owner when nobody is', async () => {
    const { db, log } = room;
    const worker = new Worker(marksSystem, { db, standby: true, ...quiet });
    await expect.poll(() => worker.role).toBe('owner');
    const output = await worker.runtime?.executeFlow('chain', { steps: 2, log });
    expect(output).toMatchObject({ success: true });
    await worker.close();
    const reader = openReader(db);
    expect(reader.owner()).toBeUndefined();
    reader.close();
  });
});

function openWork(db: string): readonly (readonly [string, string | null])[] {
  const store = openSqlite(db);
  const rows = store.tables.work.places().map(({ id }) => store.tables.work.get(id));
  store.close();
  return rows.map((row) => [row?.status ?? '', row?.worker ?? null]);
}

function journal(db: string, run: string): readonly string[] {
  const store = openSqlite(db);
  const kinds = store.tables.journal.of(run).map(({ kind }) => kind);
  store.close();
  return kinds;
}

it('an owner that is replaced while it closes comes to its end', async () => {
  const { db, log } = room;
  const runtime = new ReactiveSystemRuntime(marksSystem, { db, workers: { concurrency: 1 }, drainMs: 300, ...quiet });
  await runtime.start('chain', { steps: 1, ms: 5000, log });
  await expect.poll(() => room.effects().length).toBe(1);
  const closing = runtime.close();
  const store = openSqlite(db);
  store.transaction((tx) => {
    const row = tx.owner.get();
    if (row !== undefined) tx.owner.put({ ...row, epoch: row.epoch + 1 });
  });
  store.close();
  await closing;
  expect(openWork(db)).toMatchObject([['in_progress', expect.stringContaining('owner')]]);
});

it('a worker whose database fails stops, and says so; one that closes then comes to its end, too', async () => {
  const { db, log } = room;
  const runtime = new ReactiveSystemRuntime(marksSystem, { db, workers, ...quiet });
  await runtime.start('chain', { steps: 2, ms: 50, log });
  for (const closes of [false, true]) {
    const open = openSqlite(db);
    let broken = false;
    const transaction: Store['transaction'] = (work) => {
      if (!broken) return open.transaction(work);
      throw new StoreError('The disk is full.', { code: 'MR3005', retryable: true, fault: 'environment' });
    };
    const worker = new Worker(marksSystem, { store: { ...open, transaction }, ...quiet });
    await expect.poll(() => worker.busy).toBe(1);
    broken = true;
    if (closes) await worker.close();
    else await expect(worker.ended).rejects.toMatchObject({ code: 'MR3005' });
    const store = openSqlite(db);
    // As if its process were gone.
    store.transaction((tx) => sweepWork(tx, Date.now(), [worker.name]));
    store.close();
    open.close();
  }
  await runtime.close();
});
