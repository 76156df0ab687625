import type { ModelError, ModelErrorKind } from '../errors.ts';
import type { RetryOptions, RouteOptions } from './options.ts';

/** What is done after a failure. */
export interface Next {
  /** `stop`: nobody is asked. `fallback`: another one. `retry`, `wait`: whoever is first then, after `waitMs`. */
  readonly does: 'stop' | 'fallback' | 'retry' | 'wait';
  readonly reason: string;
  readonly waitMs?: number;
  /** The target is not asked again for this request. */
  readonly out?: 'target' | 'provider' | 'smallerWindows';
  /** Others are asked before it. */
  readonly avoid?: true;
  /** So long nobody asks it (`all`: any model of the provider). */
  readonly cool?: { readonly ms: number; readonly all?: true };
  /** Nobody asks the provider any more. */
  readonly disable?: true;
}

/** What is known when a try has failed. */
export interface Failed {
  readonly error: ModelError;
  /** Tries at this target that failed so far, this one with it; those that were told to wait do not count. */
  readonly tries: number;
  /** How often this target told this request to wait, this one with it. */
  readonly waits: number;
  /** Times in a row that the target had no room and did not say until when, for whichever request. */
  readonly strikes: number;
  /** What is left of the time of the request, in ms. */
  readonly left: number;
  /** Whether somebody else could be asked at once. */
  readonly others: boolean;
  /** Whether the target is left alone now because it failed too often. */
  readonly shut: boolean;
  readonly random: () => number;
}

/** Somebody else would be asked the same, and nothing would be gained: or it is not ours to ask another. */
const final: ReadonlySet<ModelErrorKind> = new Set([
  'badRequest',
  'refusal',
  'filtered',
  'aborted',
  'invalidOutput',
  'budget',
]);

const quotaMs = 300_000;

/** The wait before another try: twice as long each time, half of it by chance. */
export function backoff(times: number, { baseMs = 1_000, maxMs = 60_000 }: RetryOptions, random: () => number): number {
  const whole = Math.min(maxMs, baseMs * 2 ** Math.min(times - 1, 30));
  return Math.ceil(whole / 2 + (random() * whole) / 2);
}

/** The policy: what is done after a failure. It looks at nothing but what it is given. */
export function after(failed: Failed, { retry = {}, patienceMs = 30_000 }: RouteOptions): Next {
  const { error, tries, others, random, left } = failed;
  const { kind } = error;
  if (kind === 'auth')
    return {
      does: 'stop',
      disable: true,
      reason: 'the key was refused: the provider is asked no more, and no other instead',
    };
  if (final.has(kind)) return { does: 'stop', reason: 'another one would be asked the same' };
  if (kind === 'contextLength')
    return { does: 'fallback', out: 'smallerWindows', reason: 'only a larger window helps' };
  if (kind === 'quota')
    return {
      does: 'fallback',
      out: 'provider',
      cool: { ms: error.retryAfterMs ?? quotaMs, all: true },
      reason: 'the account has nothing left',
    };
  const { attempts = 3 } = retry;
  const tell =
    error.retryable && (kind === 'rateLimit' || kind === 'overloaded') && error.retryAfterMs !== undefined
      ? error.retryAfterMs
      : undefined;
  if (tell === undefined && !(error.retryable && tries < attempts))
    return {
      does: 'fallback',
      out: 'target',
      ...(isBusy(error) ? { cool: { ms: backoff(Math.max(1, failed.strikes), retry, random) } } : {}),
      reason: error.retryable
        ? `it failed ${tries} ${tries === 1 ? 'time' : 'times'}`
        : 'the same request would fail again',
    };
  // Told again and again to wait, one asks less and less often; who had no room and does not say until when is left
  // alone by all, the longer the more often he had none.
  const times = tell !== undefined ? failed.waits - 1 : isBusy(error) ? Math.max(tries, failed.strikes) : tries;
  const ms = Math.max(tell ?? 0, times > 0 ? backoff(times, retry, random) : 0);
  const cool = isBusy(error) ? { cool: { ms } } : {};
  if (ms > left) return { does: 'fallback', ...cool, reason: 'the wait is longer than there is time' };
  if (others && failed.shut) return { does: 'fallback', ...cool, reason: 'it failed too often' };
  // What has to be paid though it came to nothing is not bought there again, if others can be asked.
  const broke = kind === 'truncated' || kind === 'timeout' || (kind !== 'network' && error.mayHaveCost);
  const avoid = { avoid: true } as const;
  if (others && broke) return { does: 'fallback', ...cool, ...avoid, reason: 'its answer broke off or did not come' };
  if (others && (ms > patienceMs || (tell !== undefined && failed.waits >= attempts)))
    return { does: 'fallback', ...cool, ...avoid, reason: 'it says to wait for long, or again and again' };
  return {
    does: tell === undefined ? 'retry' : 'wait',
    ...cool,
    ...(broke ? avoid : {}),
    // With nobody else to ask, whoever is free first is waited for: that may be another one.
    ...(isBusy(error) && !others ? {} : { waitMs: ms }),
    reason: tell === undefined ? 'it may succeed when it is tried again' : 'it says to wait',
  };
}

/** Whether somebody says that he has no room at the moment. */
export const isBusy = ({ kind }: ModelError): boolean => kind === 'rateLimit' || kind === 'overloaded';
