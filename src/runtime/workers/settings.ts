import { RunError, type Registry } from '../../engine/index.ts';

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

/** The tasks that a worker does. @throws RunError MR3219, or MR3272 when there would be none. */
export function tasksOf(
  { system, implementations }: Registry,
  wanted: readonly string[] | undefined,
): readonly string[] {
  for (const name of wanted ?? []) {
    if (Object.hasOwn(system.tasks, name)) continue;
    throw new RunError(
      'MR3219',
      `The system '${system.name}' has no task '${name}'. It has: ${Object.keys(system.tasks).join(', ')}.`,
    );
  }
  const able = (wanted ?? [...implementations.keys()]).filter((name) => implementations.has(name));
  if (able.length > 0) return able;
  throw new RunError(
    'MR3272',
    `A worker of the system '${system.name}' would have nothing to do: ${wanted === undefined ? 'no task has' : `${wanted.join(', ')}: none of these tasks has`} an implementation.`,
  );
}
