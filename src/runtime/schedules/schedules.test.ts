import { describe, expect, it } from 'vitest';
import type { FlowModule, FlowSchedule } from 'millrace/flow';
import { openSqlite, type Store } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';
import { ReactiveSystemRuntime } from '../index.ts';
import { newestDue, timesOf } from '../../engine/cron.ts';

const note = anyTask('note');
const start = Date.parse('2026-03-28T12:00:00Z');

/** A flow that notes its input, and waits an hour when it is told to. */
const scheduled = (schedule: FlowSchedule | undefined, name = 'nightly'): FlowModule =>
  anyFlow(
    name,
    async (host, input: { readonly slow?: boolean } | undefined) => {
      await host.step('noted', () => note({ run: host.runId, input }), at);
      if (input?.slow === true) await host.sleep('long', '25h', at);
    },
    schedule === undefined ? {} : { schedule },
  );

/** A process that drives the store from `time` on. */
function drive(store: Store, time: number, flows: readonly FlowModule[], seen: string[] = [], begun = true) {
  let runtime: ReactiveSystemRuntime | undefined;
  const clock = new SimulatedClock({ start: time, settle: () => runtime?.idle() ?? Promise.resolve() });
  const told: unknown[] = [];
  runtime = new ReactiveSystemRuntime(
    bind({
      tasks: [
        code(
          note,
          ({ run, input }: { run: string; input?: unknown }) => void seen.push(`${run} ${JSON.stringify(input)}`),
        ),
      ],
      flows,
    }),
    { store, clock, logger: silentLogger },
  );
  if (begun)
    runtime.on(
      (event) =>
        event.type === 'schedule.missed' &&
        told.push([event.reason, event.due.map((due) => new Date(due).toISOString())]),
    );
  const { reader } = runtime;
  return {
    runtime,
    clock,
    told,
    seen,
    ids: () =>
      reader
        .runs()
        .map(({ id }) => id)
        .toSorted(),
    leave: () => {
      runtime.abandon();
      store.transaction((tx) => tx.owner.release());
      return clock.now();
    },
  };
}

describe('a schedule', () => {
  it('starts a run at each due time, in its zone, also where the clocks are put forward', async () => {
    const seen: string[] = [];
    const one = drive(
      openSqlite(':memory:'),
      start,
      [scheduled({ cron: '30 2 * * *', timeZone: 'Europe/Berlin', input: { a: 1 } })],
      seen,
    );
    await one.runtime.idle();
    expect(one.runtime.reader.schedules()).toEqual([
      { flow: 'nightly', cron: '30 2 * * *', timeZone: 'Europe/Berlin', next: Date.parse('2026-03-29T01:00:00Z') },
    ]);
    await one.clock.advance('3d');
    // There is no half past two on the 29th: the run comes when that hour would have begun.
    expect(seen).toEqual([
      'nightly:2026-03-29T01:00:00.000Z {"a":1}',
      'nightly:2026-03-30T00:30:00.000Z {"a":1}',
      'nightly:2026-03-31T00:30:00.000Z {"a":1}',
    ]);
    expect(one.runtime.status('nightly:2026-03-30T00:30:00.000Z')).toMatchObject({
      status: 'completed',
      createdAt: Date.parse('2026-03-30T00:30:00Z'),
    });
    expect(one.runtime.reader.schedules()).toMatchObject([
      { last: 'nightly:2026-03-31T00:30:00.000Z', next: Date.parse('2026-04-01T00:30:00Z') },
    ]);
    await one.runtime.close();
  });

  it('starts one run, not two, at a time that comes twice in autumn; what comes each half hour goes on', async () => {
    const october = Date.parse('2026-10-24T22:10:00Z');
    const one = drive(openSqlite(':memory:'), october, [
      scheduled({ cron: '30 2 * * *', timeZone: 'Europe/Berlin' }),
      scheduled({ cron: '*/30 * * * *', timeZone: 'Europe/Berlin' }, 'often'),
    ]);
    await one.clock.advance('4h');
    expect(one.ids().filter((id) => id.startsWith('nightly'))).toEqual(['nightly:2026-10-25T00:30:00.000Z']);
    expect(
      one
        .ids()
        .filter((id) => id.startsWith('often'))
        .map((id) => id.slice(17, 22)),
    ).toEqual(['22:30', '23:00', '23:30', '00:00', '00:30', '01:00', '01:30', '02:00']);
    await one.clock.advance('1d');
    expect(one.ids().filter((id) => id.startsWith('nightly'))).toEqual([
      'nightly:2026-10-25T00:30:00.000Z',
      'nightly:2026-10-26T01:30:00.000Z',
    ]);
    await one.runtime.close();
  });

  it.each<[FlowSchedule['missed'], readonly string[], readonly string[]]>([
    [undefined, ['08:00'], ['05:00', '06:00', '07:00']],
    ['once', ['08:00'], ['05:00', '06:00', '07:00']],
    ['all', ['05:00', '06:00', '07:00', '08:00'], []],
    ['skip', [], ['05:00', '06:00', '07:00', '08:00']],
  ])('follows its policy %s for times at which nobody was there', async (missed, started, skipped) => {
    const store = openSqlite(':memory:');
    const flows = [scheduled({ cron: '0 * * * *', ...(missed === undefined ? {} : { missed }) })];
    const one = drive(store, Date.parse('2026-06-01T03:30:00Z'), flows);
    await one.clock.advance('1h');
    expect(one.ids()).toEqual(['nightly:2026-06-01T04:00:00.000Z']);
    one.leave();
    const two = drive(store, Date.parse('2026-06-01T08:20:00Z'), flows);
    await two.runtime.idle();
    await two.runtime.idle();
    const times = (ids: readonly string[]) => ids.map((id) => id.slice(-13, -8));
    expect(times(two.ids().slice(1))).toEqual(started);
    expect(two.told).toEqual(
      skipped.length === 0 ? [] : [['missed', skipped.map((time) => `2026-06-01T${time}:00.000Z`)]],
    );
    await two.clock.advance('1h');
    expect(times(two.ids()).at(-1)).toBe('09:00');
    await two.runtime.close();
  });

  it('does not count a time as missed that came less than a minute ago, and bounds those that count', async () => {
    const store = openSqlite(':memory:');
    const flows = [
      scheduled({ cron: '* * * * *', missed: 'skip' }),
      scheduled({ cron: '* * * * *', missed: 'all' }, 'all'),
    ];
    const one = drive(store, start, flows);
    await one.runtime.idle();
    one.leave();
    const two = drive(store, start + 30 * 86_400_000 + 20_000, flows);
    await two.runtime.idle();
    await two.runtime.idle();
    expect(two.ids().filter((id) => id.startsWith('nightly'))).toEqual(['nightly:2026-04-27T12:00:00.000Z']);
    expect(two.ids().filter((id) => id.startsWith('all')).length).toBe(100);
    expect(two.ids()[0]).toBe('all:2026-04-27T10:21:00.000Z');
    await two.runtime.close();
  });

  it('can leave out a run while the one before is not over', async () => {
    const one = drive(openSqlite(':memory:'), start, [
      scheduled({ cron: '0 0 * * *', overlap: 'skip', input: { slow: true } }),
      scheduled({ cron: '0 0 * * *', input: { slow: true } }, 'other'),
    ]);
    await one.clock.advance('4d');
    expect(one.ids().filter((id) => id.startsWith('nightly'))).toEqual([
      'nightly:2026-03-29T00:00:00.000Z',
      'nightly:2026-03-31T00:00:00.000Z',
    ]);
    expect(one.ids().filter((id) => id.startsWith('other')).length).toBe(4);
    expect(one.told).toEqual([
      ['overlap', ['2026-03-30T00:00:00.000Z']],
      ['overlap', ['2026-04-01T00:00:00.000Z']],
    ]);
    await one.runtime.close();
  });

  it('starts one run each due time, whatever commit the process dies at, and however the clock jumps', async () => {
    let died = 0;
    for (let n = 1; n < 40; n++) {
      const real = openSqlite(':memory:');
      const flows = [scheduled({ cron: '0 * * * *', missed: 'all' })];
      const seen: string[] = [];
      const zero = drive(real, start, flows);
      await zero.runtime.idle();
      zero.leave();
      let left = 1 + Math.ceil(n / 2);
      let dead = false;
      const dying: Store = {
        ...real,
        transaction: (run) => {
          if (dead) throw new Error('dead');
          if (--left >= 0) return real.transaction(run);
          dead = true;
          if (n % 2 === 0) real.transaction(run);
          throw new Error('dead');
        },
      };
      const one = drive(dying, start, flows, seen, false);
      await one.clock.advance('3h').catch(() => {});
      one.runtime.abandon();
      real.transaction((tx) => tx.owner.release());
      const two = drive(real, start + 4 * 3_600_000, flows, seen);
      await two.clock.advance('1h');
      two.leave();
      // A clock that was set back: what has been is not done again.
      const three = drive(real, start + 3_600_000, flows, seen);
      await three.clock.advance('3h');
      const four = ['13', '14', '15', '16', '17'].map((hour) => `nightly:2026-03-28T${hour}:00:00.000Z`);
      expect(three.ids()).toEqual(four);
      expect(three.runtime.reader.counts()).toMatchObject({ completed: 5 });
      await three.runtime.close();
      if (dead) died++;
    }
    expect(died).toBeGreaterThan(12);
  }, 60_000);

  it('begins anew when its times change, and ends with its flow', async () => {
    const store = openSqlite(':memory:');
    const one = drive(store, start, [
      scheduled({ cron: '0 13 * * *' }),
      scheduled({ cron: '0 13 * * *' }, 'gone'),
      scheduled({ cron: '0 13 * * *' }, 'plain'),
    ]);
    await one.runtime.idle();
    one.leave();
    const two = drive(store, start + 2 * 3_600_000, [scheduled({ cron: '0 15 * * *' }), scheduled(undefined, 'plain')]);
    await two.runtime.idle();
    await two.runtime.idle();
    expect(two.runtime.reader.schedules().map(({ flow, next }) => [flow, new Date(next).toISOString()])).toEqual([
      ['nightly', '2026-03-28T15:00:00.000Z'],
    ]);
    expect(two.ids()).toEqual([]);
    expect(store.tables.timers.count()).toBe(1);
    await two.runtime.close();
  });

  it('waits for a flow that is registered at run time, and then makes good for what was missed', async () => {
    const store = openSqlite(':memory:');
    const one = drive(store, start, []);
    one.runtime.registerFlow(scheduled({ cron: '0 13 * * *' }));
    await one.clock.advance('2h');
    expect(one.ids()).toEqual(['nightly:2026-03-28T13:00:00.000Z']);
    one.leave();
    const two = drive(store, start + 86_400_000 + 7_200_000, []);
    await two.clock.advance('5m');
    expect(two.ids().length).toBe(1);
    two.runtime.registerFlow(scheduled({ cron: '0 13 * * *' }));
    await two.clock.advance('1s');
    expect(two.ids()).toEqual(['nightly:2026-03-28T13:00:00.000Z', 'nightly:2026-03-29T13:00:00.000Z']);
    await two.runtime.close();
  });

  it('does not go with a run that has the name of its flow', async () => {
    const one = drive(openSqlite(':memory:'), start, [scheduled({ cron: '0 13 * * *' })]);
    await one.runtime.executeFlow('nightly', undefined, { id: 'nightly' });
    expect(one.runtime.reader.schedules().length).toBe(1);
    await one.runtime.close();
  });

  it('is refused when it cannot be read, before the file is touched', () => {
    const store = openSqlite(':memory:');
    for (const [cron, timeZone] of [
      ['61 * * * *', 'UTC'],
      ['* * * * * *', 'UTC'],
      ['0 5 * * *', 'Europe/Berln'],
    ] as const) {
      expect(() => drive(store, start, [scheduled({ cron, timeZone })])).toThrow(
        expect.objectContaining({ code: 'MR3231' }),
      );
    }
    expect(store.tables.owner.get()).toBeUndefined();
    const one = drive(store, start, []);
    expect(() => one.runtime.registerFlow(scheduled({ cron: 'x' }))).toThrow(
      expect.objectContaining({ code: 'MR3231' }),
    );
    expect(one.runtime.hasFlow('nightly')).toBe(false);
    one.runtime.abandon();
  });
});

it('finds the newest due times whatever lies before them', () => {
  const times = timesOf('f', { cron: '*/20 * * * *' });
  const from = Date.parse('2020-01-01T00:00:00Z');
  const all: number[] = [];
  for (let time = times.after(from - 1); time !== undefined && time <= from + 40 * 3_600_000; time = times.after(time))
    all.push(time);
  for (const [hours, limit] of [
    [0, 3],
    [1, 3],
    [2, 100],
    [17, 5],
    [40, 100],
    [40, 121],
    [40, 500],
  ] as const) {
    const now = from + hours * 3_600_000;
    expect(newestDue(times, from, now, limit)).toEqual(all.filter((time) => time <= now).slice(-limit));
  }
  expect(
    newestDue(timesOf('f', { cron: '0 0 1 1 *' }), from, Date.parse('2026-06-01T00:00:00Z'), 2).map((time) =>
      new Date(time).getUTCFullYear(),
    ),
  ).toEqual([2025, 2026]);
  expect(newestDue(times, from, from - 1, 5)).toEqual([]);
});
