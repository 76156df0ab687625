import { calledOff, overdue, type Wanted } from './errors.ts';
import type { Time } from './time.ts';

/** How long a request may go on. */
export interface Deadline {
  /** Aborted with a `ModelError` when who asked gives up, or the time is over. */
  readonly signal: AbortSignal;
  readonly at: number;
  release(): void;
}

export function deadlineFor(signal: AbortSignal | undefined, withinMs: number, time: Time, wanted: Wanted): Deadline {
  const ending = new AbortController();
  const leave = (): void => ending.abort(calledOff(wanted, signal?.reason));
  if (signal?.aborted === true) leave();
  signal?.addEventListener('abort', leave, { once: true });
  const at = time.now() + withinMs;
  const callOff = time.at(at, () => ending.abort(overdue(wanted, withinMs)));
  return {
    signal: ending.signal,
    at,
    release() {
      callOff();
      signal?.removeEventListener('abort', leave);
    },
  };
}
