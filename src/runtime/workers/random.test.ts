import { expect, it } from 'vitest';
import { Court, until } from './fixtures/court.ts';
import type { Member } from './fixtures/processes.ts';

it('lose nothing when they are killed and stopped at random', async () => {
  const court = new Court();
  const seed = Number(process.env['WORKERS_SEED'] ?? 7);
  const blows = Number(process.env['WORKERS_KILLS'] ?? 8);
  const random = mulberry(seed);
  const options = { concurrency: 3, leaseMs: 1500 };
  await Promise.all([1, 2, 3].map(() => court.room.member('standby', options)));
  await court.owner();
  const ids = Array.from({ length: 20 }, (_, n) => `run${n}`);
  const starting = (async () => {
    for (const id of ids) await court.sure({ steps: 4, ms: Math.floor(random() * 60) }, id);
  })();
  for (let blow = 0; blow < blows; blow++) {
    await new Promise((resolve) => setTimeout(resolve, 150 + random() * 400));
    const alive = court.room.members.filter(
      ({ process: { exitCode, signalCode } }) => exitCode === null && signalCode === null,
    );
    const victim = alive[Math.floor(random() * alive.length)] as Member;
    if (random() < 0.3) {
      await court.room.stop(victim);
      setTimeout(() => victim.process.kill('SIGCONT'), random() * 2500);
    } else {
      await victim.kill();
      await court.room.member('standby', options);
    }
  }
  await starting;
  await court.allCompleted(ids);
  const message = `WORKERS_SEED=${seed}`;
  expect([court.acceptedTwice(), court.lines('completed'), court.begins().size], message).toEqual([0, 80, 80]);
  // What was done again was known to be lost: never a finished step.
  expect(court.repeated(), message).toBeLessThanOrEqual(court.lines('lost'));
  await until(() => court.workLeft() === 0);
  await court.close();
}, 60_000);

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
