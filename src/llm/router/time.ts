import { systemClock, type Clock, type Scheduler } from '../../core/index.ts';
import { waitUntil } from '../../core/wait-until.ts';

/** The time by which limits, cool-downs, waits and deadlines go: that of the world, also where a clock runs faster. */
export type Time = Pick<Clock, 'now' | 'at'>;

export function timeOf(clock: Clock | undefined, scheduler: Scheduler | undefined): Time {
  if (clock !== undefined) return clock.wall ?? clock;
  if (scheduler === undefined) return systemClock();
  return {
    now: () => scheduler.now(),
    at: (at, callback) => scheduler.after(Math.max(0, at - scheduler.now()), callback),
  };
}

/** Waits until a time. Rejects with the reason of the signal when that comes first. */
export async function until(time: Time, at: number, signal: AbortSignal): Promise<void> {
  await waitUntil(time, at, signal);
  if (signal.aborted) throw signal.reason;
}
