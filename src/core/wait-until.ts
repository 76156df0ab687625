import type { Clock } from './clock.ts';

/** Waits until a time, in ms since 1970, or until the signal aborts: whichever comes first. Never rejects. */
export function waitUntil(clock: Pick<Clock, 'at'>, at: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      callOff();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const callOff = clock.at(at, end);
    signal.addEventListener('abort', end);
  });
}
