import { mkdtempSync, rmSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ReactiveSystemRuntime, Worker } from 'millrace/runtime';
import { openSqlite, StoreError, type Store } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { heartbeat } from '../owner.ts';
import { marksSystem } from './fixtures/marks-system.ts';

const quiet = { logger: silentLogger };
const steps = 3;

/** A store whose process dies at its nth transaction, before or after the commit. */
function dying(
  store: Store,
  n: number,
  when: 'before' | 'after',
): { readonly store: Store; readonly died: () => boolean } {
  let count = 0;
  const transaction: Store['transaction'] = (work) => {
    count++;
    if (count === n && when === 'after') store.transaction(work);
    if (count < n) return store.transaction(work);
    throw new StoreError('The process has died.', { code: 'MR3006', retryable: false, fault: 'environment' });
  };
  return { store: { ...store, transaction }, died: () => count >= n };
}

/** Lets an owner die at its nth transaction while a worker lives on. Gives false when it had ended before. */
async function survives(folder: string, n: number, when: 'before' | 'after'): Promise<boolean> {
  const db = join(folder, `${when}${n}.db`);
  const log = join(folder, `${when}${n}.txt`);
  const worker = new Worker(marksSystem, { db, ...quiet });
  const open = openSqlite(db);
  const mortal = dying(open, n, when);
  let first: ReactiveSystemRuntime | undefined;
  try {
    first = new ReactiveSystemRuntime(marksSystem, { store: mortal.store, workers: { concurrency: 0 }, ...quiet });
    await first.executeFlow('chain', { steps, log }, { id: 'r' });
  } catch (error) {
    expect(error).toMatchObject({ code: 'MR3006' });
  }
  first?.abandon();
  open.transaction((tx) => {
    const row = tx.owner.get();
    if (row !== undefined) tx.owner.put({ ...row, beat: Date.now() - heartbeat.stale - 1 });
  });
  open.close();
  const next = new ReactiveSystemRuntime(marksSystem, { db, workers: { concurrency: 0 }, ...quiet });
  await next.start('chain', { steps, log }, { id: 'r' });
  const message = `${when} transaction ${n}`;
  expect((await next.result('r')).success, message).toBe(true);
  await next.idle();
  // The worker lives: whatever it was given it has done once, and every result was found.
  const begun = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes(' begin '));
  expect(begun.length, message).toBe(steps);
  expect(next.reader.events().length, message).toBe(1);
  await next.close();
  await worker.close();
  const store = openSqlite(db);
  expect(
    [store.tables.work.places(), store.tables.journal.of('r').filter(({ kind }) => kind === 'completed').length],
    message,
  ).toEqual([[], steps]);
  store.close();
  return mortal.died();
}

it.each(['before', 'after'] as const)(
  'an owner that dies %s any of its commits does nothing twice that a worker has done',
  async (when) => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-bounds-'));
    try {
      let n = 1;
      while (await survives(folder, n, when)) n++;
      expect(n).toBeGreaterThan(8);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  40_000,
);
