import { milliseconds, MillraceError, type Duration } from '../core/index.ts';

/** How much of the history of an instance is kept. The oldest entries go first, the newest one never. */
export interface HistoryLimit {
  /** How many entries. Default 1000. */
  readonly keep?: number;
  /** How old they may become. Default: any age. */
  readonly maxAge?: Duration;
}

/** The limits of a machine, `maxAge` in ms. */
export type HistoryLimits = (machine: string) => { readonly keep: number; readonly maxAge: number | undefined };

/** The limits of all machines, and under `machines` those of one. */
type HistoryOption = HistoryLimit & { readonly machines?: Readonly<Record<string, HistoryLimit>> };

/**
 * Reads the limits once.
 *
 * @throws MillraceError MR3358 for a number of entries below 1, MR3002 for what is no duration.
 */
export function historyLimits(option: HistoryOption = {}): HistoryLimits {
  const { machines = {}, ...all } = option;
  const read = ({ keep = 1000, maxAge }: HistoryLimit): ReturnType<HistoryLimits> => {
    if (Number.isSafeInteger(keep) && keep >= 1)
      return { keep, maxAge: maxAge === undefined ? undefined : milliseconds(maxAge) };
    throw new MillraceError(`'history.keep' is a whole number of entries from 1 on, not ${String(keep)}.`, {
      code: 'MR3358',
      retryable: false,
      fault: 'input',
    });
  };
  const rest = read(all);
  const own = new Map(Object.entries(machines).map(([name, limit]) => [name, read({ ...all, ...limit })]));
  return (machine) => own.get(machine) ?? rest;
}
