import { milliseconds } from '../../core/index.ts';
import { requestHash, type Outcome } from '../../engine/index.ts';
import type { AnyTask } from '../../flow/index.ts';
import { decodeJson, toTaskError, type AttemptOutcome } from '../../tasks/index.ts';
import type { Place } from '../contract.ts';
import { Claiming, type ClaimGives } from './claiming.ts';
import { checkSize } from './size.ts';

/** An attempt of a task with `policy.cache`. */
export interface Cacheable {
  readonly contract: AnyTask;
  /** The JSON text of the input. */
  readonly asked: string | null;
  /** Somebody has taken back what the step gave: no answer that is kept counts. */
  readonly anew: boolean;
  readonly signal: AbortSignal;
  /** Looks whether the world is as a kept result says, for tasks with evidence. */
  readonly prove?: (outcome: AttemptOutcome) => Promise<AttemptOutcome>;
  readonly perform: () => Promise<AttemptOutcome>;
}

/** `cached`: no attempt was made. */
export type CachedOutcome = AttemptOutcome & { readonly cached?: true };

/** How long whoever makes a result may be silent before another begins, in real ms. */
const leaseMs = 30_000;

/**
 * Gives the result that the same task has given for an equal input, in any run, while it is young enough, or makes an
 * attempt and keeps what it gives. Of several that ask at the same moment, wherever they are, one makes it, and the others
 * wait. To be called in place of the attempt, in its `ctx.run`.
 */
export async function cached(place: Place, asks: Cacheable): Promise<CachedOutcome> {
  const { contract, asked, anew, signal, perform } = asks;
  const request = requestHash(contract.contract, asked === null ? null : JSON.parse(asked));
  const ttlMs = milliseconds(contract.policy.cache?.ttl ?? '0s');
  const claims = { object: `cache ${request}`, request, ttlMs, leaseMs, by: null, signal };
  const claiming = new Claiming(place, claims);
  try {
    let claimed: ClaimGives = await claiming.claim(true, anew);
    if (claimed.state === 'done') {
      const known = await knownIn(claimed.text, asks);
      if (known !== undefined) return known;
      claimed = await claiming.claim(true, true);
    }
  } catch (error) {
    return { ok: false, error: toTaskError(error, { task: contract.contract }) };
  }
  return claiming.holding(async () => {
    const outcome = await perform();
    const text = outcome.ok ? `{"output":${outcome.output ?? 'null'}}` : '{}';
    try {
      if (outcome.ok) checkSize(`What task '${contract.contract}' gave`, text);
      await claiming.settle(
        outcome.ok ? 'succeeded' : 'failed',
        outcome.ok && outcome.output === undefined ? '{}' : text,
      );
    } catch {
      // It is not there for others: the result is as good as it was.
    }
    return outcome;
  });
}

/** A result that is kept, still fits the task, and whose evidence still holds. */
async function knownIn(text: string, { contract, prove }: Cacheable): Promise<CachedOutcome | undefined> {
  const outcome = JSON.parse(text) as Outcome;
  if ('error' in outcome) return undefined;
  const output = outcome.output === undefined ? undefined : JSON.stringify(outcome.output);
  const value = decodeJson(contract.output, output);
  if (!value.ok) return undefined;
  const good: AttemptOutcome = { ok: true, output, value: value.value, emitted: [] };
  const proven = prove === undefined ? good : await prove(good);
  return proven.ok ? { ...proven, cached: true } : undefined;
}
