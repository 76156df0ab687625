import { expect, it } from 'vitest';
import type { Clock } from 'millrace/core';
import { openSqlite } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime } from './index.ts';
import { anyFlow, at, bind } from './fixtures/bind.ts';

/** A clock that jumps, and whose alarms also ring when it is too early. */
class Jumping implements Clock {
  time = 1_000_000_000;
  readonly #alarms = new Set<() => void>();

  now(): number {
    return this.time;
  }

  at(_at: number, callback: () => void): () => void {
    this.#alarms.add(callback);
    return () => this.#alarms.delete(callback);
  }

  /** Sets the clock, and rings everything. */
  async jump(by: number): Promise<void> {
    this.time += by;
    const ringing = [...this.#alarms];
    this.#alarms.clear();
    for (const alarm of ringing) alarm();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const nap = anyFlow('nap', async (host) => {
  await host.sleep('nap', '10s', at);
  return host.now();
});

it('never rings early, never twice, and loses nothing when the clock jumps', async () => {
  const clock = new Jumping();
  const start = clock.time;
  const store = openSqlite(':memory:');
  const open = () => new ReactiveSystemRuntime(bind({ flows: [nap] }), { store, clock, logger: silentLogger });
  const first = open();
  for (let index = 0; index < 20; index++) await first.start('nap', undefined, { id: `r${index}` });
  await first.idle();
  const waiting = () => store.tables.runs.count()['waiting'] ?? 0;
  for (const by of [9_999, -500_000, 495_000, 5_000]) {
    await clock.jump(by);
    expect(waiting()).toBe(20);
  }
  // Back again, and a restart in the past.
  await clock.jump(-3_600_000);
  first.abandon();
  store.transaction((tx) => tx.owner.release());
  const second = open();
  await second.idle();
  expect(waiting()).toBe(20);
  await clock.jump(86_400_000);
  for (let index = 0; index < 20; index++) {
    const { output } = await second.result(`r${index}`);
    expect(output).toBeGreaterThanOrEqual(start + 10_000);
  }
  expect(store.tables.journal.of('r0').filter(({ kind }) => kind === 'slept')).toHaveLength(1);
  await second.close();
});

it('fires thousands that are due at once', async () => {
  const clock = new Jumping();
  const runtime = new ReactiveSystemRuntime(bind({ flows: [nap] }), {
    db: ':memory:',
    clock,
    logger: silentLogger,
    resident: 100,
  });
  const started = await Promise.all(Array.from({ length: 2000 }, () => runtime.start('nap')));
  await runtime.idle();
  await clock.jump(10_000);
  for (let round = 0; round < 10 && runtime.reader.counts()['completed'] !== started.length; round++)
    await clock.jump(0);
  expect(runtime.reader.counts()).toEqual({ completed: started.length });
  await runtime.close();
});

it('keeps an accelerated clock in the database', async () => {
  const store = openSqlite(':memory:');
  const open = (clock?: { readonly factor: number }) =>
    new ReactiveSystemRuntime(bind({ flows: [nap] }), {
      store,
      logger: silentLogger,
      ...(clock === undefined ? {} : { clock }),
    });
  const first = open({ factor: 100_000 });
  const before = Date.now();
  const { runId } = await first.start('nap');
  await first.close();
  const second = open();
  const { output } = await second.result(runId);
  expect(output).toBeGreaterThanOrEqual(before + 10_000);
  expect(Date.now() - before).toBeLessThan(5000);
  await second.close();
});
