import { Cron } from 'croner';
import { messageOf } from '../core/index.ts';
import type { FlowModule, FlowSchedule } from '../flow/index.ts';
import { RunError } from './errors.ts';

/** The times at which a schedule is due, in ms since 1970. */
export interface Times {
  /** The first one after `time`; none when it never comes again. */
  after(time: number): number | undefined;
}

/**
 * Reads a schedule.
 *
 * @throws RunError MR3231 when its cron text or its time zone cannot be read.
 */
export function timesOf(flow: string, { cron, timeZone = 'UTC' }: FlowSchedule): Times {
  let times: Cron;
  try {
    times = new Cron(cron, { timezone: timeZone, paused: true, mode: '5-part' });
    times.nextRun(new Date(0));
  } catch (thrown) {
    throw new RunError(
      'MR3231',
      `The schedule of flow '${flow}' cannot be read ('${cron}' in '${timeZone}'): ${messageOf(thrown)}`,
      { details: { flow, cron, timeZone } },
    );
  }
  return { after: (time) => times.nextRun(new Date(time))?.getTime() };
}

/** @throws RunError MR3231 when the schedule of a flow cannot be read. */
export function checkSchedule({ schedule, contract }: FlowModule): void {
  if (schedule !== undefined) timesOf(contract.contract, schedule);
}

const first = 2 * 3_600_000;

/**
 * The newest times from `from` up to `now` at which a schedule was due, oldest first, at most `limit` of them. It looks
 * back in growing steps, so that it costs the same after an hour as after a year.
 */
export function newestDue(times: Times, from: number, now: number, limit: number): readonly number[] {
  for (let back = first; ; back *= 8) {
    const begin = Math.max(from, now - back);
    const found: number[] = [];
    for (let time = times.after(begin - 1); time !== undefined && time <= now; time = times.after(time)) {
      found.push(time);
      if (found.length > limit) found.shift();
    }
    if (found.length === limit || begin === from) return found;
  }
}
