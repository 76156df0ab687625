import type { FlowSchedule } from '../flow/index.ts';
import { newestDue, type Times } from './cron.ts';

/** Later than this counts as missed: nobody was there when the time came. In ms. */
const grace = 60_000;
/** At most so many runs are started for times that were missed. */
const most = 100;

/** Which of the times from `from` up to `now` start a run, oldest first, and which are passed over. */
export function dueRuns(
  { missed = 'once' }: FlowSchedule,
  times: Times,
  from: number,
  now: number,
): { readonly wanted: readonly number[]; readonly missed: readonly number[] } {
  const due = newestDue(times, from, now, most);
  const newest = due.at(-1);
  const isWanted = (time: number): boolean =>
    missed === 'all' || (missed === 'once' ? time === newest : now - time <= grace);
  return { wanted: due.filter(isWanted), missed: due.filter((time) => !isWanted(time)) };
}
