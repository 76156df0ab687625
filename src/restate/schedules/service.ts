import type { ObjectContext, ObjectSharedContext, ServiceDefinition } from '@restatedev/restate-sdk';
import { dueRuns, timesOf } from '../../engine/index.ts';
import type { FlowSchedule } from '../../flow/index.ts';
import { encodeJson } from '../../tasks/index.ts';
import type { Place, RunAsks } from '../contract.ts';
import { json } from '../json.ts';
import { plumbing } from '../plumbing.ts';
import { handlers, object, TerminalError } from '../sdk.ts';
import type { Kept } from './contract.ts';

/** A call that comes so much earlier or later than it should is asked for anew, in ms. */
const off = 1000;

/**
 * Starts flows when they are due: one object for each, which calls itself at the next due time. What the schedule is says the
 * code that is called, which is that of the newest deployment.
 */
export function scheduleService(place: Place): ServiceDefinition<string, unknown> {
  const { names, registry } = place;
  const send = (
    ctx: ObjectContext | ObjectSharedContext,
    key: string,
    method: string,
    parameter: unknown,
    delay = 0,
  ): void => {
    ctx.genericSend({
      service: names.schedules,
      key,
      method,
      parameter,
      inputSerde: json(),
      ...(delay > 0 && { delay }),
    });
  };
  const schedule = (flow: string): FlowSchedule | undefined => registry.flow(flow)?.schedule;
  /** Notes down the next due time and has itself called then; none: the schedule is over. */
  const put = (ctx: ObjectContext, kept: Omit<Kept, 'rings'>, { now, wall }: Moment): void => {
    const delay = Math.max(1, Math.ceil(place.real(kept.next - now)));
    ctx.set<Kept>('kept', { ...kept, rings: wall + delay });
    send(ctx, ctx.key, 'ring', kept.generation, delay);
  };

  return object({
    name: names.schedules,
    handlers: {
      async sync(ctx: ObjectContext): Promise<void> {
        const scheduled = [...registry.flows()].flatMap((flow) => (flow.schedule ? [flow.contract.contract] : []));
        const known = (await ctx.get<readonly string[]>('flows')) ?? [];
        for (const flow of new Set([...known, ...scheduled])) send(ctx, flow, 'set', null);
        ctx.set('flows', scheduled);
      },

      async set(ctx: ObjectContext): Promise<void> {
        const kept = await ctx.get<Kept>('kept');
        const wanted = schedule(ctx.key);
        if (wanted === undefined) return ctx.clearAll();
        const moment = await present(ctx, place);
        const { cron, timeZone = 'UTC' } = wanted;
        const same = kept?.cron === cron && kept.timeZone === timeZone;
        const next = same ? kept.next : timesOf(ctx.key, wanted).after(moment.now);
        if (next === undefined) return ctx.clearAll();
        const rings = moment.wall + Math.max(1, Math.ceil(place.real(next - moment.now)));
        if (same && Math.abs(rings - kept.rings) < off) return;
        // Calls that an earlier schedule has asked for may be on their way still, also when it was removed since.
        const generation = Math.max((kept?.generation ?? 0) + 1, moment.wall);
        put(ctx, { ...kept, cron, timeZone, next, generation }, moment);
      },

      async ring(ctx: ObjectContext, generation: number): Promise<void> {
        const kept = await ctx.get<Kept>('kept');
        const wanted = schedule(ctx.key);
        if (kept?.generation !== generation) return;
        if (wanted === undefined) return ctx.clearAll();
        const moment = await present(ctx, place);
        const { now } = moment;
        // The wall clock and that of the system do not agree to the millisecond.
        if (now < kept.next) return put(ctx, kept, moment);
        const times = timesOf(ctx.key, wanted);
        const { wanted: due, missed } = dueRuns(wanted, times, kept.next, now);
        let { last, underWay } = kept;
        const overlapping: number[] = [];
        for (const time of due) {
          if (wanted.overlap === 'skip' && underWay !== undefined) overlapping.push(time);
          else last = underWay = start(ctx, wanted, time, now);
        }
        passOver(place, ctx.key, 'missed', missed);
        passOver(place, ctx.key, 'overlap', overlapping);
        const next = times.after(Math.max(now, kept.next));
        if (next === undefined) return ctx.clearAll();
        const { cron, timeZone } = kept;
        const { overlap } = wanted;
        put(
          ctx,
          {
            cron,
            timeZone,
            next,
            generation,
            ...(last !== undefined && { last }),
            ...(overlap === 'skip' && underWay !== undefined && { underWay }),
          },
          moment,
        );
      },

      /** Runs a run of a flow whose runs may not overlap, and says when it is over. */
      follow: handlers.object.shared(async (ctx: ObjectSharedContext, asks: RunAsks): Promise<void> => {
        const { run } = asks;
        const service = names.flow(ctx.key);
        try {
          await ctx.genericCall({
            service,
            method: 'run',
            parameter: asks,
            idempotencyKey: run,
            inputSerde: json(),
            outputSerde: json(),
          });
        } catch (thrown) {
          if (!(thrown instanceof TerminalError)) throw thrown;
        }
        send(ctx, ctx.key, 'over', run);
      }),

      async over(ctx: ObjectContext, run: string): Promise<void> {
        const kept = await ctx.get<Kept>('kept');
        if (kept?.underWay !== run) return;
        const { underWay: _over, ...rest } = kept;
        ctx.set<Kept>('kept', rest);
      },
    },
    options: plumbing,
  });

  /** Starts the run of a due time, which its id says: there is one at most. */
  function start(ctx: ObjectContext, { input, overlap }: FlowSchedule, time: number, at: number): string {
    const run = `${ctx.key}:${new Date(time).toISOString()}`;
    const written = encodeJson(input);
    const asks: RunAsks = {
      run,
      ...(written.ok && written.value !== undefined && { input: JSON.parse(written.value) as unknown }),
      at,
    };
    if (overlap === 'skip') send(ctx, ctx.key, 'follow', asks);
    else
      ctx.genericSend({
        service: names.flow(ctx.key),
        method: 'run',
        parameter: asks,
        idempotencyKey: run,
        inputSerde: json(),
      });
    return run;
  }
}

/** A moment, by the clock of the system and by that of the wall. */
interface Moment {
  readonly now: number;
  readonly wall: number;
}

const present = (ctx: ObjectContext, { clock }: Place): Promise<Moment> =>
  ctx.run('now', () => ({ now: clock.now(), wall: (clock.wall ?? clock).now() }));

function passOver({ logger }: Place, flow: string, reason: 'missed' | 'overlap', due: readonly number[]): void {
  if (due.length === 0) return;
  const times = due.map((time) => new Date(time).toISOString());
  logger.warn(`Runs of flow '${flow}' that were due are not started.`, { flow, reason, due: times });
}
