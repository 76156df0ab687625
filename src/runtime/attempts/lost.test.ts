import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { each, gated } from '../fixtures/gated.ts';
import { open } from '../fixtures/noting-tasks.ts';
import type { ReactiveSystemRuntime } from '../index.ts';
import { heartbeat } from '../owner.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-lost-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As if this process had died. */
function die(runtime: ReactiveSystemRuntime, db: string): void {
  runtime.abandon();
  const store = openSqlite(db);
  store.transaction((tx) => {
    const row = tx.owner.get();
    if (row !== undefined) tx.owner.put({ ...row, beat: Date.now() - heartbeat.stale - 1 });
  });
  store.close();
}

it('counts the deaths of what was under way, not of what waited for its turn', async () => {
  const db = join(folder, 'test.db');
  const { task, begun, under, implementation } = gated({ concurrency: 1 });
  const parts = { tasks: [implementation], flows: [each(task)] };
  const losses = (runtime: ReactiveSystemRuntime): unknown[] =>
    runtime.reader.steps('r').flatMap(({ path }) => {
      const store = openSqlite(db);
      const rows = store.tables.journal.of('r').filter((row) => row.path === path && row.kind === 'lost');
      store.close();
      return rows.length === 0 ? [] : [[path, rows.length]];
    });
  for (let life = 1; ; life++) {
    const runtime = open(parts, { db, maxLost: 3 });
    if (life === 1) await runtime.start('each', ['a', 'b', 'c'], { id: 'r' });
    if (life <= 3) {
      await expect.poll(() => begun.length).toBe(life);
      expect(losses(runtime)).toEqual(life === 1 ? [] : [['m[0]/s', life - 1]]);
      die(runtime, db);
      continue;
    }
    // Three times its process has died while it was made: its run is parked when its turn comes once more.
    await expect.poll(() => runtime.status('r')?.status).toBe('blocked');
    expect(runtime.status('r')?.error).toMatchObject({ code: 'MR3270', details: { step: 'm[0]/s', lost: 3 } });
    expect(begun).toEqual(['a', 'a', 'a']);
    expect(runtime.limits().tasks['work']).toMatchObject({ inUse: 0, waiting: 0 });
    await runtime.retry('r');
    await expect.poll(() => begun.length).toBe(4);
    for (const item of ['a', 'b', 'c']) {
      await expect.poll(() => under.has(item)).toBe(true);
      under.get(item)?.(item);
    }
    expect((await runtime.result('r')).output).toEqual(['a', 'b', 'c']);
    await runtime.close();
    break;
  }
});
