import type { InboxRow } from '../store/index.ts';
import { readAsks } from './asks.ts';
import type { Engine } from './engine.ts';
import { RunError } from './errors.ts';
import type { RequestKind, Requests } from './requests.ts';
import { makeForkReady } from './fork/fork.ts';
import { makeReady, Moved } from './rewind/ready.ts';

/** How often a request is made ready anew when what it is about goes on meanwhile. */
const most = 20;

/**
 * Does what a request needs before it can be carried out in one transaction; undefined for most, which need nothing. With
 * the promise that it gives, `carry` is called as often as it throws that things have moved on.
 */
export function prepared<K extends RequestKind, T>(
  engine: Engine,
  kind: K,
  asks: Requests[K]['asks'],
  carry: () => Promise<T>,
): Promise<T> {
  return kind === 'retry' || kind === 'fork' ? again(engine, kind, asks as Asks, carry) : carry();
}

/** The same for a request that another process has written; undefined when it needs nothing. */
export function preparedRow(
  engine: Engine,
  { kind, request }: Pick<InboxRow, 'kind' | 'request'>,
  carry: () => Promise<void>,
): Promise<void> | undefined {
  if (kind !== 'retry' && kind !== 'fork') return undefined;
  try {
    return again(engine, kind, readAsks(kind, request), carry);
  } catch {
    // Whoever carries it out says what is wrong with it.
    return undefined;
  }
}

type Asks = Requests['retry' | 'fork']['asks'];

async function again<T>(engine: Engine, kind: 'retry' | 'fork', asks: Asks, carry: () => Promise<T>): Promise<T> {
  let isOut = false;
  try {
    for (let tries = 1; ; tries++) {
      if (kind === 'fork') await makeForkReady(engine, asks);
      else await makeReady(engine, asks, () => (isOut = true));
      try {
        return await carry();
      } catch (thrown) {
        if (!(thrown instanceof Moved)) throw thrown;
        if (tries === most) throw tooQuick(asks.runId);
      }
    }
  } finally {
    // Where it was refused, the run goes on as it was.
    if (isOut) engine.load(asks.runId, false);
  }
}

function tooQuick(run: string): RunError {
  return new RunError(
    'MR3253',
    `Run '${run}' cannot be taken back just now: it goes on too quickly. Pause it first, or try again.`,
    { retryable: true, fault: 'environment', details: { run } },
  );
}
