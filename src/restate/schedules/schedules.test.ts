import type { Context } from '@restatedev/restate-sdk';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowSchedule } from 'millrace/flow';
import { anyFlow, bind } from '../../runtime/fixtures/bind.ts';
import type { Place, RunAsks } from '../contract.ts';
import { eventServices } from '../events/index.ts';
import { placeOf } from '../fixtures/place.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { service } from '../sdk.ts';
import { armSchedules, scheduleServices, scheduleView } from './index.ts';

/** A minute of its clock takes so many ms. */
const minute = 200;

/** What a run was: its id, and when it began and ended, in ms of the wall clock. */
interface Noted {
  readonly run: string;
  readonly input: unknown;
  readonly from: number;
  to?: number;
}

/** A deployment whose flows have these schedules. The flow is its own to notice: what it has run goes to `noted`. */
function deployment(
  restate: TestRestate,
  schedules: Readonly<Record<string, FlowSchedule | undefined>>,
  noted: Noted[],
  names = Object.keys(schedules),
) {
  const flows = names.map((name) =>
    anyFlow(name, async () => {}, schedules[name] === undefined ? {} : { schedule: schedules[name] }),
  );
  const place = placeOf(bind({ flows }), restate.ingress, 60_000 / minute);
  const runs = names.map((name) =>
    service({
      name: place.names.flow(name),
      handlers: {
        async run(ctx: Context, { run, input }: RunAsks): Promise<void> {
          await ctx.run('begun', () => void noted.push({ run, input, from: Date.now() }));
          await ctx.sleep((input as { ms?: number } | undefined)?.ms ?? 0);
          await ctx.run('over', () => {
            for (const one of noted) if (one.run === run) one.to = Date.now();
          });
        },
      },
    }),
  );
  return { place, services: [...scheduleServices(place), ...eventServices(place), ...runs] };
}

const minutesOf = (noted: readonly Noted[], flow: string): number[] =>
  [
    ...new Set(
      noted.flatMap(({ run }) => (run.startsWith(`${flow}:`) ? [Date.parse(run.slice(flow.length + 1)) / 60_000] : [])),
    ),
  ].toSorted((a, b) => a - b);

const gaps = (minutes: readonly number[]): number[] =>
  minutes.slice(1).map((time, index) => time - (minutes[index] ?? 0));

describe.skipIf(!restateIsInstalled())('schedules on a server of Restate', () => {
  let restate: TestRestate;
  beforeAll(async () => void (restate = await startRestate()), 60_000);
  afterAll(() => restate.close());

  const kept = async (place: Place, flow: string) =>
    (
      await restate.sql(
        `select value_utf8 as text from state where service_name = '${place.names.schedules}' and service_key = '${flow}' and key = 'kept'`,
      )
    ).map(({ text }) => scheduleView(flow, String(text)));
  const runsOf = async (flow: string) =>
    (
      await restate.sql(
        `select idempotency_key as run from sys_invocation where target_service_name = 'test.flows.${flow}'`,
      )
    ).map(({ run }) => String(run));
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds())) await delay(20);
  };

  it('that went and came back asks for one call at a time', async () => {
    const noted: Noted[] = [];
    const there = deployment(restate, { again: { cron: '* * * * *' } }, noted);
    const gone = deployment(restate, { again: undefined }, noted);
    for (let times = 0; times < 4; times++) {
      for (const { place, services } of [there, gone, there]) {
        await restate.serve(services);
        await armSchedules(place.ingress, place);
      }
    }
    await until(() => minutesOf(noted, 'again').length >= 3);
    const asked = async (): Promise<number> =>
      (
        await restate.sql(
          `select id from sys_invocation where target_service_name = '${there.place.names.schedules}' and target_service_key = 'again' and target_handler_name = 'ring' and status = 'scheduled'`,
        )
      ).length;
    const counts: number[] = [];
    while (counts.length < 20) counts.push(await asked());
    expect(Math.max(...counts)).toBe(1);
    await restate.serve(gone.services);
    await armSchedules(gone.place.ingress, gone.place);
  });

  it('starts one run for each due time, also when the endpoint is lost', async () => {
    const noted: Noted[] = [];
    const { place, services } = deployment(
      restate,
      {
        steady: { cron: '* * * * *', missed: 'all', input: { ms: 1 } },
        lenient: { cron: '* * * * *' },
        strict: { cron: '* * * * *', overlap: 'skip', missed: 'all', input: { ms: minute * 2.5 } },
        rare: { cron: '0 0 1 1 *', timeZone: 'Europe/Berlin' },
      },
      noted,
    );
    const endpoint = await restate.serve(services);
    await armSchedules(place.ingress, place);
    // Once is enough, and again changes nothing.
    await armSchedules(place.ingress, place);
    await until(() => minutesOf(noted, 'steady').length >= 3);
    await endpoint.cut(minute * 4);
    await until(() => minutesOf(noted, 'steady').length >= 9);
    await endpoint.cut(10);
    await until(() => minutesOf(noted, 'steady').length >= 12 && minutesOf(noted, 'strict').length >= 4);
    const [view] = await kept(place, 'rare');
    expect(view).toEqual({ flow: 'rare', cron: '0 0 1 1 *', timeZone: 'Europe/Berlin', next: expect.any(Number) });
    expect(new Date(view?.next ?? 0).toISOString()).toMatch(/-12-31T23:00:00.000Z$/);
    expect((await kept(place, 'steady'))[0]).toMatchObject({
      cron: '* * * * *',
      timeZone: 'UTC',
      last: expect.stringMatching(/^steady:/),
    });

    // Without a gap, and each once: a run is known by its due time.
    const steady = minutesOf(noted, 'steady');
    expect(gaps(steady)).toEqual(gaps(steady).map(() => 1));
    const ids = await runsOf('steady');
    expect(new Set(ids).size).toBe(ids.length);
    expect(noted.find(({ run }) => run.startsWith('steady'))?.input).toEqual({ ms: 1 });
    // Of the times that were missed one is made up for.
    expect(Math.max(...gaps(minutesOf(noted, 'lenient')))).toBeGreaterThan(1);
    // No run began before the one before was over.
    const strict = noted.filter(({ run }) => run.startsWith('strict:'));
    const first = new Map(strict.toReversed().map((one) => [one.run, one]));
    const inOrder = [...first.values()].toSorted((a, b) => a.from - b.from);
    expect(inOrder.length).toBeGreaterThan(1);
    for (const [index, one] of inOrder.slice(1).entries())
      expect(one.from).toBeGreaterThanOrEqual(inOrder[index]?.to ?? Infinity);

    // A new deployment: another schedule, none, a new one. The old process still serves.
    const later: Noted[] = [];
    const next = deployment(
      restate,
      { steady: { cron: '*/2 * * * *', missed: 'all' }, fresh: { cron: '* * * * *' } },
      later,
      ['steady', 'fresh', 'strict', 'rare'],
    );
    const newest = await restate.serve(next.services);
    await armSchedules(next.place.ingress, next.place);
    const since = next.place.clock.now() / 60_000;
    // The older one says again what it has: the newest counts.
    await armSchedules(place.ingress, place);
    await until(async () => (await kept(place, 'rare')).length === 0);
    await until(() => minutesOf(later, 'steady').length >= 3 && minutesOf(later, 'fresh').length >= 4);
    expect(minutesOf(later, 'steady').filter((time) => time > since && time % 2 !== 0)).toEqual([]);
    expect(gaps(minutesOf(later, 'steady'))).not.toContain(0);
    expect(await kept(place, 'strict')).toEqual([]);
    expect((await kept(next.place, 'steady'))[0]).toMatchObject({ cron: '*/2 * * * *' });
    // What the old schedule had asked for has come meanwhile, and asks for nothing more.
    for (let look = 0; look < 15; look++) {
      const rings = await restate.sql(
        `select id from sys_invocation where target_service_name = '${place.names.schedules}' and target_handler_name = 'ring' and target_service_key = 'steady' and status = 'scheduled'`,
      );
      expect(rings.length).toBeLessThanOrEqual(1);
      await delay(10);
    }
    await newest.close();
    await endpoint.close();
  }, 60_000);
});
