import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { gated, each, endAll, settled } from '../fixtures/gated.ts';
import { open } from '../fixtures/noting-tasks.ts';
import { heartbeat } from '../owner.ts';

it('holds where attempts are handed out as work: only what may begin is there to be taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-shared-'));
  const { task, begun, under, implementation, most } = gated({ concurrency: 2, queue: 3 });
  const runtime = open(
    { tasks: [implementation], flows: [each(task)] },
    { db: join(folder, 'test.db'), workers: { concurrency: 8 } },
  );
  const { runId } = await runtime.start('each', ['a', 'b', 'c', 'd', 'e']);
  await expect.poll(() => under.size).toBe(2);
  expect(runtime.limits().tasks['work']).toMatchObject({ inUse: 2, waiting: 3 });
  expect(await runtime.executeTask('work', 'f')).toMatchObject({ success: false, error: { code: 'MR3121' } });
  while (begun.length < 5 || under.size > 0) {
    await endAll(under);
    await settled();
  }
  expect(await runtime.result(runId)).toMatchObject({ success: true });
  expect(most()).toBe(2);
  expect(begun.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

it('counts what other processes have under way when another one takes over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-taken-'));
  const db = join(folder, 'test.db');
  const { task, begun, under, implementation } = gated({ concurrency: 1 });
  const parts = { tasks: [implementation], flows: [each(task)] };
  const workers = { concurrency: 4, leaseMs: 60_000 };
  const first = open(parts, { db, workers });
  const a = await first.start('each', ['a']);
  await expect.poll(() => begun).toEqual(['a']);
  const b = await first.start('each', ['b']);
  await settled();
  await first.pause(a.runId);
  first.abandon();
  // The work is still in the hands of somebody whose lease has not run out.
  const store = openSqlite(db);
  store.transaction((tx) => {
    const row = tx.owner.get();
    if (row !== undefined) tx.owner.put({ ...row, beat: Date.now() - heartbeat.stale - 1 });
    for (const { id } of tx.work.places()) {
      const work = tx.work.get(id);
      if (work !== undefined) tx.work.put({ ...work, status: 'in_progress', worker: `elsewhere ${process.pid}` });
    }
  });
  const [place] = store.tables.work.places();
  under.clear();
  const second = open(parts, { db, workers });
  await second.idle();
  await settled();
  expect(begun).toEqual(['a']);
  expect(second.limits().tasks['work']).toMatchObject({ waiting: 1 });
  store.transaction((tx) => tx.work.remove(place?.id ?? ''));
  store.close();
  // Any commit looks whether it is over.
  await second.start('each', []);
  await expect.poll(() => begun).toEqual(['a', 'b']);
  under.get('b')?.('B');
  expect((await second.result(b.runId)).success).toBe(true);
  await second.close();
  rmSync(folder, { recursive: true, force: true });
});
