import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openSqlite } from 'millrace/store';
import { anyFlow } from './fixtures/bind.ts';
import { open } from './fixtures/noting-tasks.ts';

it('answers a request at which the owner fails with what it is, and goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-inbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const db = join(folder, 'a.db');
  const broken = { is: false };
  const clock = {
    now: () => {
      if (broken.is) throw new RangeError('the clock is broken');
      return Date.now();
    },
    at: (due: number, work: () => void) => {
      const timer = setTimeout(work, due - Date.now());
      return () => clearTimeout(timer);
    },
  };
  const runtime = open({ flows: [anyFlow('f', async () => 1)] }, { db, clock });
  // Another process.
  const store = openSqlite(db);
  const ask = async (id: string): Promise<object> => {
    const request = JSON.stringify({ kind: 'flow', target: 'f', id });
    const row = store.transaction((tx) => tx.inbox.insert({ kind: 'start', request, at: 0 }));
    await expect.poll(() => store.tables.inbox.get(row)?.answer).toEqual(expect.any(String));
    return JSON.parse(store.tables.inbox.get(row)?.answer ?? '') as object;
  };
  broken.is = true;
  expect(await ask('bad')).toMatchObject({
    error: { code: 'MR3405', fault: 'internal', message: expect.stringContaining('the clock is broken') as string },
  });
  broken.is = false;
  expect(await ask('good')).toMatchObject({ ok: { runId: 'good' } });
  store.close();
  await runtime.close();
});
