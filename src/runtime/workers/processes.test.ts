import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from 'millrace/runtime';
import { openSqlite } from 'millrace/store';
import { heartbeat } from '../owner.ts';
import { marksSystem } from './fixtures/marks-system.ts';
import { Room, type Member } from './fixtures/processes.ts';

let room: Room;
let client: Client;
beforeEach(() => {
  room = new Room();
  client = new Client(marksSystem, { db: room.db });
});
afterEach(async () => {
  await client.close();
  await room.close();
});

/** How many pieces of work have more than one accepted result. */
function acceptedTwice(members: readonly Member[]): number {
  const accepted = new Map<string, number>();
  for (const { events } of members)
    for (const event of events)
      if (event.type === 'work.ended') accepted.set(event.work, (accepted.get(event.work) ?? 0) + 1);
  return [...accepted.values()].filter((times) => times > 1).length;
}

/** How often each step was begun, and how often that is known to have been lost, by its key. */
function begins(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { key, what } of room.effects()) if (what === 'begin') counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function lines(kind: string): number {
  const store = openSqlite(room.db);
  const count = store.tables.runs
    .list({})
    .flatMap(({ id }) => store.tables.journal.of(id))
    .filter((line) => line.kind === kind).length;
  store.close();
  return count;
}

function workLeft(): number {
  const store = openSqlite(room.db);
  const { length } = store.tables.work.places();
  store.close();
  return length;
}

const start = (input: object, id: string): Promise<unknown> =>
  client.start('chain', { log: room.log, ...input }, { id });
const until = async (what: () => boolean): Promise<void> => {
  await expect.poll(what, { timeout: 15_000 }).toBe(true);
};
const ended = (event: string, { events }: Member): boolean => events.some(({ type }) => type === event);

/** Waits until somebody drives the database, and gives who. */
async function owner(but?: Member): Promise<Member> {
  let found: Member | undefined;
  await until(() => {
    const pid = client.reader.owner()?.pid;
    found = room.members.find((member) => member !== but && member.process.pid === pid);
    return found !== undefined;
  });
  return found as Member;
}

/** Asks until an owner has answered. */
async function sure(input: object, id: string): Promise<void> {
  for (;;) {
    try {
      await start(input, id);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'MR3403') throw error;
    }
  }
}

async function allCompleted(ids: readonly string[]): Promise<void> {
  await expect
    .poll(() => ids.filter((id) => client.status(id)?.status !== 'completed'), { timeout: 20_000, interval: 100 })
    .toEqual([]);
}

describe('several processes on one file', () => {
  it('do each piece of work once, under load', async () => {
    await room.member('owner');
    await Promise.all([1, 2, 3].map(() => room.member('worker', { concurrency: 4 })));
    const ids = Array.from({ length: 60 }, (_, n) => `run${n}`);
    await Promise.all(ids.map((id) => start({ steps: 3, ms: 5 }, id)));
    await allCompleted(ids);
    expect([...begins().values()].filter((times) => times !== 1)).toEqual([]);
    expect(begins().size).toBe(180);
    expect(new Set(room.effects().map(({ pid }) => pid)).size).toBe(3);
    expect([acceptedTwice(room.members), lines('completed'), lines('lost'), workLeft()]).toEqual([0, 180, 0, 0]);
  }, 30_000);

  it('take over what a killed worker held, and what a stopped one held when its lease has run out; its late result is refused', async () => {
    await room.member('owner', { leaseMs: 60_000 });
    const killed = await room.member('worker', { leaseMs: 60_000 });
    await start({ steps: 1, ms: 2500 }, 'a');
    await until(() => room.effects().length === 1);
    await killed.kill();
    // It need not wait for the lease: the process is known to be gone.
    const stopped = await room.member('worker', { leaseMs: 1000 });
    await until(() => room.effects().length === 2);
    await room.stop(stopped);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await room.member('worker', { leaseMs: 60_000 });
    await until(() => room.effects().length === 3);
    stopped.process.kill('SIGCONT');
    await allCompleted(['a']);
    expect(client.status('a')?.output).toEqual([room.members.at(-1)?.process.pid]);
    expect(acceptedTwice(room.members)).toBe(0);
    expect([lines('completed'), lines('lost'), workLeft()]).toEqual([1, 2, 0]);
    // It goes on, with other work.
    await room.members.at(-1)?.kill();
    await start({ steps: 1 }, 'b');
    await allCompleted(['b']);
    expect(client.status('b')?.output).toEqual([stopped.process.pid]);
  }, 30_000);

  it('would be noticed without the fence', async () => {
    await room.member('owner');
    const stopped = await room.member('worker', { leaseMs: 1000, unfenced: true });
    await start({ steps: 1, ms: 600 }, 'a');
    await until(() => room.effects().length === 1);
    await room.stop(stopped);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await room.member('worker');
    await allCompleted(['a']);
    stopped.process.kill('SIGCONT');
    await until(() => acceptedTwice(room.members) === 1);
  }, 30_000);

  it('replace an owner that is stopped; when it goes on it is fenced, and works for the new one', async () => {
    const first = await room.member('standby');
    await owner();
    const second = await room.member('standby');
    const ids = ['a', 'b', 'c'];
    for (const id of ids) await start({ steps: 4, ms: 150 }, id);
    await until(() => room.effects().length > 3);
    await room.stop(first);
    const store = openSqlite(room.db);
    store.transaction((tx) => {
      const row = tx.owner.get();
      if (row !== undefined) tx.owner.put({ ...row, beat: Date.now() - heartbeat.stale - 1 });
    });
    store.close();
    expect(await owner(first)).toBe(second);
    first.process.kill('SIGCONT');
    await until(() => ended('owner.lost', first));
    await allCompleted(ids);
    expect([acceptedTwice(room.members), lines('completed')]).toEqual([0, 12]);
    const before = room.effects().length;
    await start({ steps: 30, ms: 1 }, 'later');
    for (let n = 0; n < 10; n++) await start({ steps: 3, ms: 30 }, `more${n}`);
    await allCompleted(['later', ...Array.from({ length: 10 }, (_, n) => `more${n}`)]);
    const pids = new Set(
      room
        .effects()
        .slice(before)
        .map(({ pid }) => pid),
    );
    expect([...pids].sort()).toEqual([first.process.pid, second.process.pid].sort());
    // And it takes over again when the new one dies.
    await second.kill();
    expect(await owner(second)).toBe(first);
    await sure({ steps: 1 }, 'last');
    await allCompleted(['last']);
  }, 40_000);

  it('lose nothing when they are killed and stopped at random', async () => {
    const seed = Number(process.env['WORKERS_SEED'] ?? 7);
    const blows = Number(process.env['WORKERS_KILLS'] ?? 8);
    const random = mulberry(seed);
    const options = { concurrency: 3, leaseMs: 1500 };
    await Promise.all([1, 2, 3].map(() => room.member('standby', options)));
    await owner();
    const ids = Array.from({ length: 20 }, (_, n) => `run${n}`);
    const starting = (async () => {
      for (const id of ids) await sure({ steps: 4, ms: Math.floor(random() * 60) }, id);
    })();
    for (let blow = 0; blow < blows; blow++) {
      await new Promise((resolve) => setTimeout(resolve, 150 + random() * 400));
      const alive = room.members.filter(
        ({ process: { exitCode, signalCode } }) => exitCode === null && signalCode === null,
      );
      const victim = alive[Math.floor(random() * alive.length)] as Member;
      if (random() < 0.3) {
        await room.stop(victim);
        setTimeout(() => victim.process.kill('SIGCONT'), random() * 2500);
      } else {
        await victim.kill();
        await room.member('standby', options);
      }
    }
    await starting;
    await allCompleted(ids);
    const repeated = [...begins().values()].reduce((sum, times) => sum + times - 1, 0);
    const message = `WORKERS_SEED=${seed}`;
    expect([acceptedTwice(room.members), lines('completed'), begins().size], message).toEqual([0, 80, 80]);
    // What was done again was known to be lost: never a finished step.
    expect(repeated, message).toBeLessThanOrEqual(lines('lost'));
    await until(() => workLeft() === 0);
  }, 60_000);
});

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
