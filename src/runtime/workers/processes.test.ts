import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { heartbeat } from '../owner.ts';
import { Court, pause, until } from './fixtures/court.ts';

let court: Court;
beforeEach(() => {
  court = new Court();
});
afterEach(() => court.close());

describe('several processes on one file', () => {
  it('do each piece of work once, under load', async () => {
    await court.room.member('owner');
    await Promise.all([1, 2, 3].map(() => court.room.member('worker', { concurrency: 4 })));
    const ids = Array.from({ length: 60 }, (_, n) => `run${n}`);
    await Promise.all(ids.map((id) => court.start({ steps: 3, ms: 20 }, id)));
    await court.allCompleted(ids);
    expect([...court.begins().values()].filter((times) => times !== 1)).toEqual([]);
    expect(court.begins().size).toBe(180);
    expect(new Set(court.room.effects().map(({ pid }) => pid)).size).toBeGreaterThan(1);
    expect([court.acceptedTwice(), court.lines('completed'), court.lines('lost'), court.workLeft()]).toEqual([
      0, 180, 0, 0,
    ]);
  }, 30_000);

  it('repeat only what was lost, under load, when one of two workers is stopped and goes on', async () => {
    await court.room.member('owner');
    const options = { concurrency: 4, leaseMs: 800 };
    const [stopped] = await Promise.all([1, 2].map(() => court.room.member('worker', options)));
    const ids = Array.from({ length: 40 }, (_, n) => `run${n}`);
    await Promise.all(ids.map((id) => court.start({ steps: 4, ms: 80 }, id)));
    if (stopped === undefined) throw new Error('no worker');
    await court.stopAtWork(stopped);
    await pause(1200);
    stopped.process.kill('SIGCONT');
    await court.allCompleted(ids);
    const lost = court.lines('lost');
    expect(lost).toBeGreaterThan(0);
    expect(court.repeated()).toBeLessThanOrEqual(lost);
    expect([court.acceptedTwice(), court.lines('completed'), court.begins().size, court.workLeft()]).toEqual([
      0, 160, 160, 0,
    ]);
    // It is no worse a worker than before.
    const last = court.room.effects().slice(-100);
    expect(last.some(({ pid }) => pid === stopped.process.pid)).toBe(true);
  }, 40_000);

  it('take over what a killed worker held, and what a stopped one held when its lease has run out; its late result is refused', async () => {
    await court.room.member('owner', { leaseMs: 60_000 });
    const killed = await court.room.member('worker', { leaseMs: 60_000 });
    await court.start({ steps: 1, ms: 1600 }, 'a');
    await until(() => court.room.effects().length === 1);
    await killed.kill();
    // It need not wait for the lease: the process is known to be gone.
    const stopped = await court.room.member('worker', { leaseMs: 1000 });
    await until(() => court.room.effects().length === 2);
    await court.room.stop(stopped);
    await pause(1100);
    await court.room.member('worker', { leaseMs: 60_000 });
    await until(() => court.room.effects().length === 3);
    stopped.process.kill('SIGCONT');
    await court.allCompleted(['a']);
    expect(court.client.status('a')?.output).toEqual([court.room.members.at(-1)?.process.pid]);
    expect(court.acceptedTwice()).toBe(0);
    expect([court.lines('completed'), court.lines('lost'), court.workLeft()]).toEqual([1, 2, 0]);
    // It goes on, with other work.
    await court.room.members.at(-1)?.kill();
    await court.start({ steps: 1 }, 'b');
    await court.allCompleted(['b']);
    expect(court.client.status('b')?.output).toEqual([stopped.process.pid]);
  }, 30_000);

  it('would be noticed without the fence', async () => {
    await court.room.member('owner');
    const stopped = await court.room.member('worker', { leaseMs: 1000, unfenced: true });
    await court.start({ steps: 1, ms: 600 }, 'a');
    await until(() => court.room.effects().length === 1);
    await court.room.stop(stopped);
    await pause(1100);
    await court.room.member('worker');
    await court.allCompleted(['a']);
    stopped.process.kill('SIGCONT');
    await until(() => court.acceptedTwice() === 1);
  }, 30_000);

  it('replace an owner that is stopped; when it goes on it is fenced, and works for the new one', async () => {
    const first = await court.room.member('standby');
    await court.owner();
    const second = await court.room.member('standby');
    const ids = ['a', 'b', 'c'];
    for (const id of ids) await court.start({ steps: 4, ms: 80 }, id);
    await until(() => court.room.effects().length > 3);
    await court.room.stop(first);
    const store = openSqlite(court.room.db);
    store.transaction((tx) => {
      const row = tx.owner.get();
      if (row !== undefined) tx.owner.put({ ...row, beat: Date.now() - heartbeat.stale - 1 });
    });
    store.close();
    expect(await court.owner(first)).toBe(second);
    first.process.kill('SIGCONT');
    await until(() => first.events.some(({ type }) => type === 'owner.lost'));
    await court.allCompleted(ids);
    expect([court.acceptedTwice(), court.lines('completed')]).toEqual([0, 12]);
    const before = court.room.effects().length;
    await court.start({ steps: 30, ms: 1 }, 'later');
    for (let n = 0; n < 10; n++) await court.start({ steps: 3, ms: 30 }, `more${n}`);
    await court.allCompleted(['later', ...Array.from({ length: 10 }, (_, n) => `more${n}`)]);
    const pids = new Set(
      court.room
        .effects()
        .slice(before)
        .map(({ pid }) => pid),
    );
    expect([...pids].sort()).toEqual([first.process.pid, second.process.pid].sort());
    // And it takes over again when the new one dies.
    await second.kill();
    expect(await court.owner(second)).toBe(first);
    await court.sure({ steps: 1 }, 'last');
    await court.allCompleted(['last']);
  }, 40_000);
});
