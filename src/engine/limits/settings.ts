import { MillraceError, milliseconds } from '../../core/index.ts';
import type { AnyTask, BreakerPolicy, RateLimit, TaskPolicy } from '../../flow/index.ts';
import type { BreakerSettings } from './breaker.ts';

/** What holds back the attempts of a task, or of the whole process. */
export interface ProcessLimits {
  /** So many attempts at a time. Default: any number. */
  readonly concurrency?: number;
  /** At most `limit` starts in each span of `per`; of several limits all hold. */
  readonly rateLimit?: RateLimit | readonly RateLimit[];
  /** So many attempts may wait for their turn; one more fails with MR3121. Default: any number. */
  readonly queue?: number;
}

/** Limits as the engine counts them; spans in ms. */
export interface LimitSettings {
  readonly concurrency: number;
  readonly queue: number;
  readonly rates: readonly { readonly limit: number; readonly per: number }[];
  readonly breaker: BreakerSettings | undefined;
}

/**
 * Reads what a task or a runtime declares. Undefined where nothing is limited, unless `always`.
 *
 * @throws MillraceError MR3275 for a limit that nothing could ever pass, MR3002 for what is no duration.
 */
export function settingsOf(
  declared: ProcessLimits & Pick<TaskPolicy, 'breaker'>,
  whose: string,
  always = false,
): LimitSettings | undefined {
  const { concurrency, queue, rateLimit, breaker } = declared;
  if (!always && concurrency === undefined && rateLimit === undefined && breaker === undefined) return undefined;
  const rates = rateLimit === undefined ? [] : 'limit' in rateLimit ? [rateLimit] : rateLimit;
  return {
    concurrency: concurrency === undefined ? Infinity : whole(concurrency, 1, 'concurrency', whose),
    queue: queue === undefined ? Infinity : whole(queue, 0, 'queue', whose),
    rates: rates.map(({ limit, per }) => ({
      limit: whole(limit, 1, 'rateLimit.limit', whose),
      per: span(per, 'rateLimit.per', whose),
    })),
    breaker: breaker === undefined ? undefined : breakerOf(breaker, whose),
  };
}

/** Refuses, before anything is opened, limits that nothing could ever pass. @throws MillraceError MR3275, MR3002. */
export function checkLimits(tasks: Iterable<AnyTask>, limits: ProcessLimits): void {
  settingsOf(limits, 'the runtime');
  for (const { contract, policy } of tasks) settingsOf(policy, `task '${contract}'`);
}

function breakerOf({ failures, rate, per, reset, halfOpen }: BreakerPolicy, whose: string): BreakerSettings {
  if (rate !== undefined && !(rate > 0 && rate <= 1))
    throw refused('breaker.rate', 'a number above 0 and up to 1', rate, whose);
  if (rate !== undefined && per === undefined)
    throw refused('breaker.per', 'a duration, where there is a `rate`', per, whose);
  return {
    failures: whole(failures, 1, 'breaker.failures', whose),
    rate,
    per: per === undefined ? undefined : span(per, 'breaker.per', whose),
    reset: span(reset, 'breaker.reset', whose),
    halfOpen: whole(halfOpen ?? 1, 1, 'breaker.halfOpen', whose),
  };
}

function whole(value: number, least: number, what: string, whose: string): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw refused(what, `a whole number from ${least} on`, value, whose);
}

function span(value: string, what: string, whose: string): number {
  const ms = milliseconds(value);
  if (ms > 0) return ms;
  throw refused(what, 'a duration above 0', value, whose);
}

function refused(what: string, expected: string, value: unknown, whose: string): MillraceError {
  return new MillraceError(`'${what}' of ${whose} is ${expected}, not ${String(value)}.`, {
    code: 'MR3275',
    retryable: false,
    fault: 'input',
  });
}
