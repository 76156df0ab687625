import type { LastError, Target } from './target.ts';

/** How a model of a provider is at present. JSON. */
export interface TargetState {
  readonly provider: string;
  readonly model: string;
  /**
   * `ready`, or why it is not asked now: `unready` (no key, or it was refused), `cooling` (it was told to be left alone),
   * `open` (it failed too often), `halfOpen` (one request decides), `limited` (a limit of yours).
   */
  readonly availability: 'ready' | 'unready' | 'cooling' | 'open' | 'halfOpen' | 'limited';
  readonly reason?: string;
  /** Until when, in ms since 1970, where that is known. */
  readonly until?: number;
  /** Requests since the beginning, and how many of them gave no answer. */
  readonly requests: number;
  readonly errors: number;
  readonly underWay: number;
  /** Of the window: calls that say something of its health, and the share of them that failed. */
  readonly calls: number;
  readonly errorRate: number;
  /** How long answers of the window took on average, in ms. */
  readonly latencyMs?: number;
  readonly lastError?: LastError;
  readonly lastSuccessAt?: number;
  /** What counts towards its own limits in the present minute, and those of its provider. */
  readonly limits?: readonly {
    readonly requests: number;
    readonly requestsPerMinute?: number;
    readonly tokens: number;
    readonly tokensPerMinute?: number;
    readonly underWay: number;
    readonly concurrency?: number;
  }[];
}

export function stateOf(target: Target, now: number): TargetState {
  const { requests, errors, underWay, lastError, lastSuccessAt, breaker, limits } = target;
  const { calls, errorRate, latencyMs } = breaker.read(now);
  return Object.freeze({
    provider: target.provider,
    model: target.model,
    ...availabilityOf(target, now),
    requests,
    errors,
    underWay,
    calls,
    errorRate,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(lastError === undefined ? {} : { lastError }),
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
    ...(limits.length === 0
      ? {}
      : {
          limits: limits.map((one) => {
            const { requestsPerMinute, tokensPerMinute, concurrency } = one.limits;
            return {
              ...one.read(now),
              ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
              ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
              ...(concurrency === undefined ? {} : { concurrency }),
            };
          }),
        }),
  });
}

function availabilityOf(target: Target, now: number): Pick<TargetState, 'availability' | 'reason' | 'until'> {
  const { unready } = target.upstream;
  if (unready !== undefined) return { availability: 'unready', reason: unready };
  const breaker = target.breaker.state(now);
  if (breaker === 'open')
    return {
      availability: 'open',
      reason: `it failed too often${target.lastError === undefined ? '' : `: ${target.lastError.message}`}`,
      until: target.breaker.freeAt(),
    };
  const cool = target.coolDown(now);
  if (cool !== undefined) return { availability: 'cooling', ...cool };
  if (breaker === 'halfOpen')
    return { availability: 'halfOpen', reason: 'one request decides whether it is well again' };
  const at = target.freeAt(now, 1);
  if (at <= now) return { availability: 'ready' };
  return {
    availability: 'limited',
    reason: 'it has been asked as much as its limits allow',
    ...(Number.isFinite(at) ? { until: at } : {}),
  };
}
