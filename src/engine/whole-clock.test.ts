import { describe, expect, it } from 'vitest';
import { systemClock } from 'millrace/core';
import { openMemory, openSqlite } from 'millrace/store';
import { anyEvent, anyFlow, anyTask, at, code } from '../runtime/fixtures/bind.ts';
import { open } from '../runtime/fixtures/noting-tasks.ts';
import { openLedger } from '../runtime/index.ts';

const now = (): number => performance.timeOrigin + performance.now() + 0.25;
const fine = {
  now: () => Math.floor(now()) + 0.25,
  at: (due: number, work: () => void) => systemClock().at(due, work),
};
const stores = { sqlite: () => openSqlite(':memory:'), memory: () => openMemory() };

describe.each(Object.entries(stores))('a clock that has fractions of milliseconds, on %s', (_name, openStore) => {
  it('is one in whole milliseconds for runs, steps, timers, events and ledgers', async () => {
    const store = openStore();
    const work = anyTask('work', { retry: { attempts: 2, delay: '1ms' }, cache: { ttl: '1h' } });
    const tick = anyEvent('tick');
    const flow = anyFlow(
      'f',
      async (host) => {
        await host.sleep('nap', '2ms', at);
        await host.receive('tick', tick, at);
        return [await host.step('x', () => work(1), at), host.now()];
      },
      { waits: [{ event: 'tick', fields: [] }] },
    );
    const tasks = [
      code(work, async (_: never, { attempt, checkpoint, once, tool }) => {
        await checkpoint(1);
        await tool('t', 1, () => 1);
        await once('k', 1, () => 1);
        if (attempt === 1) throw new Error('again');
        return 'done';
      }),
    ];
    for (const clock of [fine, { ...fine, wall: fine }]) {
      const runtime = open({ tasks, events: [tick], flows: [flow] }, { store, db: undefined, clock });
      const { runId } = await runtime.start('f');
      await runtime.sendEvent('tick', 1);
      const { output, status, error } = await runtime.result(runId);
      expect([status, error]).toEqual(['completed', undefined]);
      expect((output as readonly unknown[])[0]).toBe('done');
      expect((output as readonly unknown[])[1]).toSatisfy(Number.isInteger);
      expect(store.tables.journal.of(runId).every(({ at: time }) => Number.isInteger(time))).toBe(true);
      await runtime.close();
    }
    const ledger = openLedger({ store, clock: fine });
    expect(await ledger.once('other', 1, () => 2)).toEqual({ output: 2, replayed: false });
    expect(ledger.get('other')?.createdAt).toSatisfy(Number.isInteger);
    ledger.close();
  });
});
