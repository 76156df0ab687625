import { describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { SimulatedClock } from 'millrace/testing';
import { anyTask, code } from '../fixtures/bind.ts';
import { each } from '../fixtures/gated.ts';
import { open } from '../fixtures/noting-tasks.ts';

describe('rateLimit', () => {
  const run = async (clock: SimulatedClock, items: number, policy: Parameters<typeof anyTask>[1]) => {
    const starts: number[] = [];
    const task = anyTask('call', policy);
    const from = clock.now();
    const implementation = code(task, () => starts.push(clock.now() - from));
    const runtime = open({ tasks: [implementation], flows: [each(task)] }, { clock });
    const { runId } = await runtime.start(
      'each',
      Array.from({ length: items }, (_, n) => String(n)),
    );
    await runtime.idle();
    return { runtime, runId, starts };
  };

  it('lets so many begin in any span, and waiting for that is rest', async () => {
    const clock = new SimulatedClock();
    const { runtime, runId, starts } = await run(clock, 7, { rateLimit: { limit: 3, per: '10s' } });
    expect(starts).toEqual([0, 0, 0]);
    expect(runtime.status(runId)?.status).toBe('running');
    expect(runtime.limits().tasks['call']).toMatchObject({
      waiting: 4,
      rates: [{ limit: 3, per: 10_000, used: 3, ready: clock.now() + 10_000 }],
    });
    await clock.advance('1m');
    await runtime.idle();
    expect(starts).toEqual([0, 0, 0, 10_000, 10_000, 10_000, 20_000]);
    expect((await runtime.result(runId)).success).toBe(true);
    await runtime.close();
  });

  it('knows several limits at once', async () => {
    const clock = new SimulatedClock();
    const { runtime, starts } = await run(clock, 7, {
      rateLimit: [
        { limit: 2, per: '1s' },
        { limit: 5, per: '1m' },
      ],
    });
    await clock.advance('2m');
    await runtime.idle();
    expect(starts).toEqual([0, 0, 1000, 1000, 2000, 60_000, 60_000]);
    await runtime.close();
  });

  it('goes on when the clock is set back', async () => {
    const clock = new SimulatedClock();
    const seen: number[] = [];
    let shift = 0;
    const jumping = {
      now: () => clock.now() + shift,
      at: (time: number, ring: () => void) => clock.at(time - shift, ring),
    };
    const task = anyTask('call', { rateLimit: { limit: 1, per: '1m' } });
    const runtime = open(
      { tasks: [code(task, () => seen.push(clock.now()))], flows: [each(task)] },
      { clock: jumping },
    );
    const { runId } = await runtime.start('each', ['a', 'b']);
    await runtime.idle();
    const began = clock.now();
    shift = -3_600_000;
    // Any commit looks at the clock: of a process there is one with each sign of life.
    await runtime.start('each', []);
    await runtime.idle();
    await clock.advance('1m');
    expect((await runtime.result(runId)).success).toBe(true);
    expect(seen).toEqual([began, began + 60_000]);
    await runtime.close();
  });

  it('holds across restarts', async () => {
    const clock = new SimulatedClock();
    const store = openSqlite(':memory:');
    const starts: number[] = [];
    const from = clock.now();
    const task = anyTask('call', { rateLimit: { limit: 2, per: '1h' } });
    const parts = { tasks: [code(task, () => starts.push(clock.now() - from))], flows: [each(task)] };
    const first = open(parts, { store, db: undefined, clock });
    const { runId } = await first.start('each', ['a', 'b', 'c']);
    await first.idle();
    first.abandon();
    store.transaction((tx) => tx.owner.release());
    await clock.advance('30m');
    const second = open(parts, { store, db: undefined, clock });
    await second.idle();
    expect(starts).toEqual([0, 0]);
    await clock.advance('30m');
    expect(starts).toEqual([0, 0]);
    // A start may have been as late as a second after it was written down.
    await clock.advance('1s');
    expect((await second.result(runId)).success).toBe(true);
    expect(starts).toEqual([0, 0, 3_601_000]);
    await second.close();
  });
});
