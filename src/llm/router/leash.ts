import { calledOff, overdue, type Wanted } from './errors.ts';
import type { Time } from './time.ts';

/** How long a request may go on. */
export interface Leash {
  /** Aborted with a `ModelError` when who asked gives up, or the time is over. */
  readonly signal: AbortSignal;
  readonly deadline: number;
  release(): void;
}

export function leashFor(signal: AbortSignal | undefined, withinMs: number, time: Time, wanted: Wanted): Leash {
  const ending = new AbortController();
  const leave = (): void => ending.abort(calledOff(wanted, signal?.reason));
  if (signal?.aborted === true) leave();
  signal?.addEventListener('abort', leave, { once: true });
  const deadline = time.now() + withinMs;
  const callOff = time.at(deadline, () => ending.abort(overdue(wanted, withinMs)));
  return {
    signal: ending.signal,
    deadline,
    release() {
      callOff();
      signal?.removeEventListener('abort', leave);
    },
  };
}
