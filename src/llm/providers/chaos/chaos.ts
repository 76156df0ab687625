import { MillraceError, systemScheduler, type Scheduler } from '../../../core/index.ts';
import type { ModelEvent, ModelRequest, Provider } from '../../contract.ts';
import { ModelError, type ModelErrorKind } from '../../errors.ts';

const kinds = [
  'rateLimit',
  'overloaded',
  'quota',
  'auth',
  'badRequest',
  'contextLength',
  'network',
  'refusal',
  'server',
] as const satisfies readonly ModelErrorKind[];

/**
 * What can go wrong: kinds of failures before anything comes; `cut`: the answer breaks off; `stalled`: it stops coming;
 * `silent`: it never begins.
 */
export type ChaosFault = (typeof kinds)[number] | 'cut' | 'stalled' | 'silent';

/** How much goes wrong. */
export interface ChaosOptions {
  /** Numbers in [0, 1) that decide: from a seed (`seededRandom`), and the same goes wrong each time. */
  readonly random: () => number;
  /** The share of requests to which each thing happens: of 0.2, one in five. Together at most 1. */
  readonly faults: Partial<Readonly<Record<ChaosFault, number>>>;
  /** How long it takes before anything comes, in ms: from, to. Default: no time. */
  readonly delayMs?: readonly [number, number];
  /** What `rateLimit` and `overloaded` say to wait, in ms: from, to. Default: they do not say it. */
  readonly retryAfterMs?: readonly [number, number];
  /** How long a stalled or silent answer is waited for, in ms. Default: 60,000. */
  readonly patienceMs?: number;
  readonly scheduler?: Scheduler;
}

/**
 * A provider as another one, but things go wrong: for tests of what stands before it, with numbers from a seed.
 *
 * @throws MillraceError MR4047 for shares that are no shares.
 * @example
 * ```ts
 * import { chaosProvider, scriptedProvider } from 'millrace/llm';
 * import { seededRandom } from 'millrace/testing';
 *
 * const provider = chaosProvider(scriptedProvider(() => 'yes'), {
 *   random: seededRandom(7),
 *   faults: { overloaded: 0.1, cut: 0.05 },
 *   delayMs: [5, 50],
 * });
 * ```
 */
export function chaosProvider(provider: Provider, options: ChaosOptions): Provider {
  const { random, faults, delayMs = [0, 0], retryAfterMs, patienceMs = 60_000, scheduler = systemScheduler } = options;
  const shares = Object.entries(faults);
  const sum = shares.reduce((sum, [, share]) => sum + share, 0);
  const unknown = shares.find(([name, share]) => !isFault(name) || !(share >= 0));
  if (unknown !== undefined || sum > 1 + 1e-9)
    throw new MillraceError(
      unknown === undefined
        ? `The shares of faults are ${sum} together: more than all requests.`
        : `'${unknown[0]}: ${String(unknown[1])}' is no share of a fault. There are: ${[...kinds, 'cut', 'stalled', 'silent'].join(', ')}.`,
      { code: 'MR4047', retryable: false, fault: 'input' },
    );
  const between = ([from, to]: readonly [number, number]): number => Math.round(from + random() * (to - from));

  async function* ask(
    request: ModelRequest,
    given: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ModelEvent> {
    // All is drawn at once: what happens meanwhile does not change what happens to the next one.
    let drawn = random();
    const fault = shares.find(([, share]) => (drawn -= share) < 0)?.[0];
    const waits = between(delayMs);
    const says = retryAfterMs === undefined ? undefined : between(retryAfterMs);
    const about = { provider: provider.name, model: request.model };
    const pause = (ms: number): Promise<void> => pausing(ms, scheduler, given.signal, about);
    if (waits > 0) await pause(waits);
    if (fault === 'silent') {
      await pause(patienceMs);
      throw new ModelError('Nothing came.', { kind: 'timeout', ...about });
    }
    const kind = kinds.find((one) => one === fault);
    if (kind !== undefined)
      throw new ModelError(`It is to go wrong: ${kind}.`, {
        kind,
        ...about,
        ...(says !== undefined && (kind === 'rateLimit' || kind === 'overloaded') ? { retryAfterMs: says } : {}),
      });
    for await (const event of provider.ask(request, given)) {
      // What has begun breaks off before its end at the latest.
      if (event.type !== 'end' || (fault !== 'cut' && fault !== 'stalled')) yield event;
      if (fault === 'stalled') {
        await pause(patienceMs);
        throw new ModelError('Nothing more came.', { kind: 'timeout', ...about });
      }
      if (fault === 'cut') throw new ModelError('The answer broke off.', { kind: 'truncated', ...about });
    }
  }
  const countTokens = provider.countTokens?.bind(provider);
  return {
    name: provider.name,
    get readiness() {
      return provider.readiness;
    },
    ask,
    check: (given) => provider.check(given),
    ...(countTokens === undefined ? {} : { countTokens }),
  };
}

const isFault = (name: string): name is ChaosFault =>
  [...kinds, 'cut', 'stalled', 'silent'].some((one) => one === name);

function pausing(
  ms: number,
  scheduler: Scheduler,
  signal: AbortSignal | undefined,
  about: { readonly provider: string; readonly model: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      callOff();
      reject(new ModelError('The request was called off.', { kind: 'aborted', ...about, cause: signal?.reason }));
    };
    const callOff = scheduler.after(ms, () => {
      signal?.removeEventListener('abort', leave);
      resolve();
    });
    if (signal?.aborted === true) leave();
    else signal?.addEventListener('abort', leave, { once: true });
  });
}
