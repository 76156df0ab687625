import { RunError } from '../../engine/index.ts';

/** @throws RunError MR3276 for a priority that is no whole number. */
export function checkPriority(priority: number | undefined): void {
  if (priority === undefined || Number.isSafeInteger(priority)) return;
  throw new RunError('MR3276', `The priority of a run is a whole number, not ${String(priority)}.`);
}
