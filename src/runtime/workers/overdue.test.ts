import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { Court, pause, until } from './fixtures/court.ts';

let court: Court;
beforeEach(() => {
  court = new Court();
});
afterEach(() => court.close());

const start = (flow: string, input: object) => court.client.start(flow, { log: court.room.log, ...input }, { id: 'a' });

function lines(): readonly (readonly [string, string | undefined])[] {
  const store = openSqlite(court.room.db);
  const all = store.tables.journal
    .of('a')
    .map(({ kind, data }) => [kind, /"code":"(MR\d+)"/.exec(data ?? '')?.[1]] as const);
  store.close();
  return all.filter(([kind]) => kind === 'retrying' || kind === 'lost');
}

describe('a worker that stands still', () => {
  it('does not keep an attempt beyond its timeout: that is its failure, and what comes late is refused', async () => {
    // With leases of five minutes.
    await court.room.member('owner');
    const stopped = await court.room.member('worker');
    await start('short', { ms: 450 });
    await until(() => court.room.effects().length === 1);
    await court.room.stop(stopped);
    expect(court.client.status('a')?.status).toBe('running');
    await until(() => lines().length === 1);
    expect(lines()).toEqual([['retrying', 'MR3103']]);
    await court.room.member('worker');
    await court.allCompleted(['a']);
    expect(court.client.status('a')?.output).toBe(2);
    stopped.process.kill('SIGCONT');
    await pause(700);
    expect(lines()).toHaveLength(1);
    // The late result of the first attempt has not been taken; the worker goes on with other work.
    expect(stopped.events.filter(({ type }) => type === 'work.ended')).toEqual([]);
    await court.room.members.at(-1)?.kill();
    await court.start({ steps: 1 }, 'b');
    await court.allCompleted(['b']);
    expect(court.workLeft()).toBe(0);
  }, 30_000);

  it('does not keep work for longer than its task may be silent; what is alive keeps it', async () => {
    await court.room.member('owner');
    const stopped = await court.room.member('worker');
    await start('alive', { ms: 4000 });
    await until(() => court.room.effects().length === 1);
    // Longer than the lease: it is renewed.
    await pause(3200);
    expect(lines()).toEqual([]);
    await court.room.stop(stopped);
    const other = await court.room.member('worker');
    await court.allCompleted(['a']);
    expect(court.client.status('a')?.output).toBe(other.process.pid);
    expect(lines().map(([kind]) => kind)).toEqual(['lost']);
  }, 30_000);
});
