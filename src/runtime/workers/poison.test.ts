import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client, ReactiveSystemRuntime } from 'millrace/runtime';
import { openSqlite, type JournalRow } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { heartbeat } from '../owner.ts';
import { marksSystem } from './fixtures/marks-system.ts';
import { Room } from './fixtures/processes.ts';

let room: Room;
beforeEach(() => {
  room = new Room();
});
afterEach(() => room.close());
const quiet = { logger: silentLogger };

function journal(run: string): readonly JournalRow[] {
  const store = openSqlite(room.db);
  const rows = store.tables.journal.of(run);
  store.close();
  return rows;
}
const kinds = (run: string): readonly string[] => journal(run).map(({ kind }) => kind);
const begun = (): number => room.effects().filter(({ what }) => what === 'begin').length;
const losses = (run: string): readonly unknown[] =>
  journal(run).flatMap(({ kind, data }) =>
    kind === 'lost' ? [(JSON.parse(data ?? '') as { lost: number }).lost] : [],
  );

/** As if this process had died: nothing is released, and nobody has heard of it for a while. */
function die(runtime: ReactiveSystemRuntime): void {
  runtime.abandon();
  const store = openSqlite(room.db);
  store.transaction((tx) => {
    const row = tx.owner.get();
    if (row !== undefined) tx.owner.put({ ...row, beat: Date.now() - heartbeat.stale - 1 });
  });
  store.close();
}

describe('a try whose process died', () => {
  it('is written down, once for each time, and the count begins anew with the next try', async () => {
    const { db, log } = room;
    for (const lost of [1, 2]) {
      const runtime = new ReactiveSystemRuntime(marksSystem, { db, ...quiet });
      if (lost === 1) await runtime.start('chain', { steps: 2, ms: 60_000, log }, { id: 'r' });
      await expect.poll(() => begun()).toBe(lost);
      die(runtime);
    }
    const runtime = new ReactiveSystemRuntime(marksSystem, { db, ...quiet });
    await expect.poll(() => begun()).toBe(3);
    expect(losses('r')).toEqual([1, 2]);
    expect(runtime.reader.steps('r')).toMatchObject([{ path: 's1', status: 'running', attempts: 1, lost: 2 }]);
    await runtime.cancel('r');
    await runtime.close();
  });

  it('is not one that waited, was closed, or had ended', async () => {
    const { db, log } = room;
    const first = new ReactiveSystemRuntime(marksSystem, { db, drainMs: 0, ...quiet });
    await first.start('chain', { steps: 1, ms: 60_000, log }, { id: 'closed' });
    await expect.poll(() => room.effects().length).toBe(1);
    await first.close();
    const second = new ReactiveSystemRuntime(marksSystem, { db, ...quiet });
    await second.pause('closed', { inFlight: 'abort' });
    await second.executeFlow('chain', { steps: 1, log }, { id: 'ended' });
    die(second);
    const third = new ReactiveSystemRuntime(marksSystem, { db, ...quiet });
    await third.idle();
    expect([kinds('closed'), kinds('ended')]).toEqual([['started'], ['started', 'completed']]);
    await third.close();
  });

  it('parks its run when it kills worker after worker; the owner goes on', async () => {
    const { db, log, folder } = room;
    const flag = join(folder, 'deadly');
    writeFileSync(flag, '');
    await room.member('owner', { maxLost: 2 });
    const client = new Client(marksSystem, { db });
    await client.start('dies', { log, deadly: flag }, { id: 'bad' });
    for (let died = 0; died < 2; died++) {
      const { process: worker } = await room.member('worker');
      if (worker.exitCode === null && worker.signalCode === null)
        await new Promise((resolve) => worker.once('exit', resolve));
    }
    await expect.poll(() => client.status('bad')?.status, { timeout: 10_000 }).toBe('blocked');
    expect(client.status('bad')?.error).toMatchObject({ code: 'MR3270', details: { lost: 2 } });
    expect(losses('bad')).toEqual([1, 2]);
    await room.member('worker');
    await client.start('chain', { steps: 1, log }, { id: 'good' });
    expect((await client.result('good')).success).toBe(true);
    rmSync(flag);
    await client.retry('bad');
    expect((await client.result('bad')).output).toBe('survived');
    await client.close();
  }, 30_000);

  it('parks its run after so many times; what was at work beside it goes on, and retry counts anew', async () => {
    const { db, log, folder } = room;
    const flag = join(folder, 'deadly');
    writeFileSync(flag, '');
    const client = new Client(marksSystem, { db });
    client.start('dies', { log, deadly: flag }, { id: 'bad' }).catch(() => {});
    // Never ends while the other is alive, and dies with it each time.
    client.start('chain', { steps: 1, ms: 1500, log }, { id: 'good' }).catch(() => {});
    const parked = async (): Promise<boolean> => {
      while (client.status('bad')?.status !== 'blocked') await new Promise((resolve) => setTimeout(resolve, 20));
      return false;
    };
    let deaths = 0;
    for (;;) {
      const member = await room.member('alone');
      const died = new Promise<boolean>((resolve) => member.process.once('exit', () => resolve(true)));
      if (!(await Promise.race([died, parked()]))) break;
      deaths++;
    }
    expect(deaths).toBe(5);
    expect(losses('bad')).toEqual([1, 2, 3, 4, 5]);
    expect(client.status('bad')?.error).toMatchObject({
      code: 'MR3270',
      details: { run: 'bad', step: 'last', lost: 5 },
    });
    await expect.poll(() => client.status('good')?.status, { timeout: 10_000 }).toBe('completed');
    expect(losses('good').length).toBeLessThan(5);
    // A restart does not wake it: only a person does.
    await room.members.at(-1)?.kill('SIGTERM');
    await room.member('alone');
    expect(client.status('bad')?.status).toBe('blocked');
    rmSync(flag);
    await client.retry('bad');
    expect((await client.result('bad')).output).toBe('survived');
    expect(existsSync(flag)).toBe(false);
    await client.close();
  }, 40_000);
});
