import { MillraceError, milliseconds, toErrorRecord } from '../../core/index.ts';
import { attemptOf, given, outcomeOf, requestHash, type Outcome } from '../../engine/index.ts';
import type { OnceCall, Replayable } from '../../tasks/index.ts';
import type { Place } from '../contract.ts';
import { Claiming } from './claiming.ts';
import { checkSize } from './size.ts';
import type { EffectStep } from './step.ts';

/** Does something once for a key, over all endpoints of the system. */
export function onceOf(place: Place, signal: AbortSignal, step: Pick<EffectStep, 'run' | 'path'>): OnceCall {
  return async <T>(...[key, asked, run, options = {}]: Parameters<OnceCall>): Promise<Replayable<T>> => {
    const ttlMs = milliseconds(options.ttl ?? '24h');
    const leaseMs = milliseconds(options.lease ?? '30s');
    const request = requestHash(asked);
    const by = { run: step.run, path: step.path, attempt: attemptOf(signal) };
    const claiming = new Claiming(place, { object: `once ${key}`, request, ttlMs, leaseMs, by, signal });
    const claimed = await claiming.claim(options.wait !== false);
    if (claimed.state === 'done') return { output: given<T>(JSON.parse(claimed.text) as Outcome), replayed: true };
    if (claimed.state === 'inProgress')
      throw new MillraceError(`What the key '${key}' stands for is under way. Ask again later.`, {
        code: 'MR3136',
        retryable: true,
        fault: 'input',
        details: { key, until: claimed.until },
      });
    const { text, thrown } = await claiming.holding(async () =>
      sized(key, await outcomeOf(key, () => run({ signal, idempotencyKey: requestHash('once', key, request) }))),
    );
    const outcome = JSON.parse(text) as Outcome;
    // The effect has happened, whoever may go on: that is kept as long as nobody else has the key.
    await claiming.settle('error' in outcome ? 'failed' : 'succeeded', text);
    return { output: given<T>(outcome, thrown), replayed: false };
  };
}

type Came = Awaited<ReturnType<typeof outcomeOf>>;

/** What cannot be kept has failed. */
function sized(key: string, came: Came): Came {
  try {
    checkSize(`What '${key}' stands for`, came.text);
    return came;
  } catch (thrown) {
    return { text: JSON.stringify({ error: toErrorRecord(thrown) }), thrown };
  }
}
