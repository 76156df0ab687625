import type { InboxRow } from '../store/index.ts';
import { readAsks } from './asks.ts';
import type { Engine } from './engine.ts';
import { makeForkReady } from './fork/fork.ts';
import type { Answer, Ready, RequestKind, Requests } from './requests.ts';
import { hasMoved, makeReady } from './rewind/ready.ts';

/** How often a request is made ready anew when what it is about goes on meanwhile. */
const most = 20;

/** Carries out a request in one transaction, with what was found out for it. `last`: its answer is the final one. */
type Carry<A extends Answer> = (ready: Ready | undefined, last: boolean) => Promise<A>;

/** Finds out what a request needs before it can be carried out, which most do not, and carries it out. */
export function prepared<K extends RequestKind>(
  engine: Engine,
  kind: K,
  asks: Requests[K]['asks'],
  carry: Carry<Answer<K>>,
): Promise<Answer<K>> {
  return kind === 'retry' || kind === 'fork' ? again(engine, kind, asks as Asks, carry) : carry(undefined, true);
}

/** The same for a request that another process has written; undefined when it needs nothing. */
export function preparedRow(
  engine: Engine,
  { kind, request }: Pick<InboxRow, 'kind' | 'request'>,
  carry: Carry<Answer>,
): Promise<Answer> | undefined {
  if (kind !== 'retry' && kind !== 'fork') return undefined;
  try {
    return again(engine, kind, readAsks(kind, request), carry);
  } catch {
    // Whoever carries it out says what is wrong with it.
    return undefined;
  }
}

type Asks = Requests['retry' | 'fork']['asks'];

async function again<A extends Answer>(
  engine: Engine,
  kind: 'retry' | 'fork',
  asks: Asks,
  carry: Carry<A>,
): Promise<A> {
  let isOut = false;
  // Nothing begins that is about to be taken back. What a fork leaves goes on.
  const goOn = kind === 'retry' ? engine.still.hold(asks.runId) : undefined;
  try {
    for (let tries = 1; ; tries++) {
      const ready =
        kind === 'fork'
          ? await makeForkReady(engine, asks)
          : await makeReady(engine, asks, () => {
              isOut = true;
            });
      const given = await carry(ready, tries === most);
      if (tries === most || !('error' in given && hasMoved(given.error))) return given;
    }
  } finally {
    // Where it was refused, the run goes on as it was.
    if (isOut) engine.load(asks.runId, false);
    goOn?.();
  }
}
