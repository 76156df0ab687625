import { RunError } from '../errors.ts';

/** How work is shared with other processes: see `RuntimeOptions.workers`. */
export interface WorkersOption {
  /** How many attempts this process makes at a time itself. Default 8; 0: none, it leaves all to the others. */
  readonly concurrency?: number;
  /** How long work is held without a sign of life, in ms of real time. Default 300,000. Renewed every third, at the latest every 30 s. */
  readonly leaseMs?: number;
}

export interface SharedOptions {
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly maxLost: number;
}

/** How often a try may be lost in a row. */
export const defaultMaxLost = 5;

/**
 * Reads the option.
 *
 * @throws RunError MR3271.
 */
export function sharedOptions(option: true | WorkersOption, maxLost: number): SharedOptions {
  const { concurrency = 8, leaseMs = 300_000 } = option === true ? {} : option;
  return {
    concurrency: whole('workers.concurrency', concurrency, 0),
    leaseMs: whole('workers.leaseMs', leaseMs, 10),
    maxLost,
  };
}

/** @throws RunError MR3271. */
export function whole(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RunError('MR3271', `'${name}' is a whole number from ${least} on, not ${String(value)}.`);
}
