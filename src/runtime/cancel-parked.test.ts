import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { ReactiveSystemRuntime } from './index.ts';
import { heartbeat } from './owner.ts';

const work = anyTask('work');
const back = anyTask('back');
const missing = anyTask('missing');

let folder: string;
let db: string;
let seen: string[];
/** Tasks that never end: their process dies with them. */
let deadly: Set<string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-parked-'));
  db = join(folder, 'test.db');
  seen = [];
  deadly = new Set(['poison']);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = (name: string): unknown => {
  seen.push(name);
  return deadly.has(name) ? new Promise(() => {}) : name;
};
const flow = anyFlow('f', async (host) => {
  await host.step('charged', () => work('charge'), at);
  host.undo('charged', () => back('refund'), at);
  await host.step('bad', () => work('poison'), at);
  await host.step('sent', () => missing('send'), at);
});
const open = (): ReactiveSystemRuntime =>
  new ReactiveSystemRuntime(
    bind({ flows: [flow], tasks: [code(work, make), code(back, make)], unimplemented: [missing] }),
    { db, maxLost: 2, logger: silentLogger },
  );

/** As if this process had died. */
function die(runtime: ReactiveSystemRuntime): void {
  runtime.abandon();
  const store = openSqlite(db);
  store.transaction((tx) => {
    const row = tx.owner.get();
    if (row !== undefined) tx.owner.put({ ...row, beat: Date.now() - heartbeat.stale - 1 });
  });
  store.close();
}

/** Lets process after process die of a task, until the run is parked. */
async function parkedBy(name: string, first?: ReactiveSystemRuntime): Promise<ReactiveSystemRuntime> {
  let runtime = first ?? open();
  for (const deaths of [1, 2]) {
    await expect.poll(() => seen.filter((one) => one === name).length).toBe(deaths);
    die(runtime);
    runtime = open();
  }
  await expect.poll(() => runtime.status('r')?.error?.code).toBe('MR3270');
  return runtime;
}

async function parked(): Promise<ReactiveSystemRuntime> {
  const first = open();
  await first.start('f', undefined, { id: 'r' });
  return parkedBy('poison', first);
}

it('a parked run that is cancelled is undone, and what killed its process is not tried again', async () => {
  const runtime = await parked();
  await expect(runtime.fork('r')).rejects.toMatchObject({ message: expect.stringContaining("before step 'bad'") });
  expect(await runtime.cancel('r', { reason: 'enough' })).toEqual({ runId: 'r', accepted: true });
  expect(await runtime.result('r')).toMatchObject({ status: 'cancelled', error: { message: 'enough' }, errors: [] });
  expect(seen).toEqual(['charge', 'poison', 'poison', 'refund']);
  expect(await runtime.cancel('r')).toEqual({ runId: 'r', accepted: false });
  await runtime.close();
});

it('its process may die before that is under way', async () => {
  let runtime = await parked();
  await runtime.cancel('r');
  die(runtime);
  expect(seen).toEqual(['charge', 'poison', 'poison']);
  runtime = open();
  expect(await runtime.result('r')).toMatchObject({ status: 'cancelled', errors: [] });
  expect(seen).toEqual(['charge', 'poison', 'poison', 'refund']);
  await runtime.close();
});

it('its process may die once more meanwhile', async () => {
  let runtime = await parked();
  deadly.add('refund');
  await runtime.cancel('r');
  await expect.poll(() => seen.at(-1)).toBe('refund');
  die(runtime);
  deadly.clear();
  runtime = open();
  expect(await runtime.result('r')).toMatchObject({ status: 'cancelled', errors: [] });
  expect(seen).toEqual(['charge', 'poison', 'poison', 'refund', 'refund']);
  await runtime.close();
});

it('one whose undo kills its process is parked again: a retry goes on with its end, a cancel gives up', async () => {
  let runtime = await parked();
  deadly.add('refund');
  await runtime.cancel('r');
  runtime = await parkedBy('refund', runtime);
  expect(runtime.status('r')?.error).toMatchObject({ details: { step: 'charged/~undo' } });
  await runtime.retry('r');
  await expect.poll(() => seen.filter((name) => name === 'refund').length).toBe(3);
  seen = seen.slice(0, -3);
  die(runtime);
  seen.push('refund');
  runtime = await parkedBy('refund');
  expect(seen.filter((name) => name === 'poison')).toHaveLength(2);
  expect(await runtime.cancel('r')).toEqual({ runId: 'r', accepted: true, undone: false });
  expect(await runtime.result('r')).toMatchObject({ status: 'cancelled' });
  await runtime.close();
});

it('one that is blocked since it lacks code says that nothing is undone', async () => {
  deadly.clear();
  const runtime = open();
  await runtime.start('f', undefined, { id: 'r' });
  await expect.poll(() => runtime.status('r')?.status).toBe('blocked');
  expect(await runtime.cancel('r')).toEqual({ runId: 'r', accepted: true, undone: false });
  expect(seen).toEqual(['charge', 'poison']);
  await runtime.close();
});
