import type { TimerRow, Tx } from '../../store/index.ts';

/** A step has one timer at most. No id of a run contains a space, so no two steps share a key. */
const keyOf = (run: string, path: string): string => `${run} ${path}`;

/** Sets the timer of a step, to ring at `due` (ms since 1970). */
export function setTimer(
  tx: Tx,
  kind: Extract<TimerRow['kind'], 'sleep' | 'retry' | 'wait'>,
  run: string,
  path: string,
  due: number,
): void {
  tx.timers.put({ key: keyOf(run, path), due, kind, target: run, part: path, name: null, data: null });
}

/** Has the step a timer that has not rung? */
export function hasTimer(tx: Tx, run: string, path: string): boolean {
  return tx.timers.get(keyOf(run, path)) !== undefined;
}

/** Takes the timer of a step away, if it has one. */
export function dropTimer(tx: Tx, run: string, path: string): void {
  tx.timers.remove(keyOf(run, path));
}
