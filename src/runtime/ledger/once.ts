import { randomUUID } from 'node:crypto';
import { MillraceError, milliseconds } from '../../core/index.ts';
import { waitUntil } from '../../core/wait-until.ts';
import type { OnceCall, Replayable } from '../../tasks/index.ts';
import { attemptOf, given, outcomeOf, renewing, requestHash, type Outcome } from '../../engine/index.ts';
import { claim, renew, settle } from './claims.ts';
import { outcomeIn } from './outcome.ts';
import { writeFenced, type LedgerPlace } from './place.ts';
import type { ToolStep } from './tool.ts';

/** How often somebody who waits looks, in ms of real time: at first, and at most. */
const looks = { first: 10, most: 250 } as const;

/** Does something once for a key, over all processes that share the ledger. */
export function onceOf(place: LedgerPlace, signal: AbortSignal, step?: Pick<ToolStep, 'run' | 'path'>): OnceCall {
  const by = step && { run: step.run, path: step.path, attempt: attemptOf(signal), underWay };
  const wall = place.clock.wall ?? place.clock;
  return async <T>(...[key, asked, run, options = {}]: Parameters<OnceCall>): Promise<Replayable<T>> => {
    const ttlMs = milliseconds(options.ttl ?? '24h');
    const leaseMs = milliseconds(options.lease ?? '30s');
    const request = requestHash(asked);
    const owner = randomUUID();
    for (let pause: number = looks.first; ; pause = Math.min(pause * 2, looks.most)) {
      const claimed = await writeFenced(place, (tx) => claim(place, tx, { key, request, owner, ttlMs, leaseMs, by }));
      if (claimed.state === 'done') return { output: given<T>(outcomeIn(place.tables, claimed.row)), replayed: true };
      if (claimed.state === 'go') break;
      if (options.wait === false)
        throw new MillraceError(`What the key '${key}' stands for is under way. Ask again later.`, {
          code: 'MR3136',
          retryable: true,
          fault: 'input',
          details: { key, until: claimed.until },
        });
      await waitUntil(wall, wall.now() + pause, signal);
      signal.throwIfAborted();
    }
    underWay.add(owner);
    const release = renewing(wall, leaseMs, async () => {
      if (signal.aborted) return false;
      return place.write((tx) => renew(place, tx, key, owner, leaseMs));
    });
    try {
      const { text, thrown } = await outcomeOf(key, () =>
        run({ signal, idempotencyKey: requestHash('once', key, request) }),
      );
      // From here on it only has to be written, which whoever claims the key next comes after; or the engine has stopped.
      underWay.delete(owner);
      const outcome = JSON.parse(text) as Outcome;
      const status = 'error' in outcome ? 'failed' : 'succeeded';
      // The effect has happened, whoever may go on: that is kept as long as nobody else has the key.
      await place.write((tx) => settle(place, tx, { key, owner, ttlMs }, { status, text }));
      return { output: given<T>(outcome, thrown), replayed: false };
    } finally {
      underWay.delete(owner);
      release();
    }
  };
}

/** The claims whose effects run in this process. */
const underWay = new Set<string>();
