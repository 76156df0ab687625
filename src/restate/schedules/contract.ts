import type { ScheduleView } from '../../runtime/index.ts';

/** The state `kept` of the object of a flow in `names.schedules`. Times are in ms since 1970, by the clock of the system. */
export interface Kept {
  readonly cron: string;
  readonly timeZone: string;
  /** The next due time. */
  readonly next: number;
  /** Rises with each call that is asked for; earlier ones mean nothing any more. */
  readonly generation: number;
  /** When the call comes, in ms since 1970 by the wall clock. */
  readonly rings: number;
  /** The run that was started last. */
  readonly last?: string;
  /** That run, while it is not over. Known where runs may not overlap. */
  readonly underWay?: string;
}

/** A schedule as people see it: of its flow (the key of the object), and the JSON of its state `kept`. */
export function scheduleView(flow: string, text: string): ScheduleView {
  const { cron, timeZone, next, last } = JSON.parse(text) as Kept;
  return { flow, cron, timeZone, next, ...(last !== undefined && { last }) };
}
