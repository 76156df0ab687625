import type { Tx } from '../../store/index.ts';
import type { Context } from '../context.ts';
import type { Limit, Limits } from './limits.ts';
import { pruneRuns, type PruneCursor } from './prune-runs.ts';

const atOnce = 500;

/**
 * Lets go of what is beyond the limits: ended runs, events, requests, keys. A batch a transaction, so that other work goes
 * on in between.
 */
export function sweepAll(context: Context, limits: Limits): void {
  const { writer, store, clock, bus } = context;
  const steps: (() => void)[] = [];
  const next = (): void => steps.shift()?.();

  const { runs, events } = limits;
  if (runs !== undefined) {
    const batch = (after?: PruneCursor): void =>
      writer.enqueue({
        run: (tx) => pruneRuns(store, tx, runs, { now: clock.now(), ...(after === undefined ? {} : { after }) }),
        done: (pruned) => {
          if (bus.heard && pruned.runs.length > 0) bus.tell({ type: 'runs.pruned', runs: pruned.runs.length });
          if (pruned.next === undefined) next();
          else batch(pruned.next);
        },
      });
    steps.push(() => batch());
  }
  if (events !== undefined) {
    const batch = (after: number, left: number | undefined): void =>
      writer.enqueue({
        run: (tx) => pruneEvents(tx, events, clock.now(), after, left),
        done: (done) => (done.more ? batch(done.after, done.left) : next()),
      });
    steps.push(() => batch(0, undefined));
  }
  steps.push(() =>
    writer.enqueue({
      run: (tx) => {
        tx.events.tidy();
        const { inbox, keys } = limits;
        if (inbox?.maxAge !== undefined) tx.inbox.expire(clock.now() - inbox.maxAge);
        if (keys?.maxAge !== undefined) tx.idempotency.expire('send', clock.now() - keys.maxAge);
        tx.ledger.expire(clock.now());
        tx.answers.expire(clock.now());
        tx.blobs.sweep();
      },
    }),
  );
  next();
}

interface Events {
  readonly after: number;
  readonly left: number;
  readonly more: boolean;
}

/** Removes events that were handed out, have expired and are beyond the limits, with the keys under which they were sent. */
function pruneEvents(tx: Tx, { keep, maxAge }: Limit, now: number, after: number, beyond: number | undefined): Events {
  let left = beyond ?? (keep === undefined ? 0 : Math.max(0, tx.events.count() - keep));
  const page = tx.events.over(after, now, atOnce);
  let last = after;
  for (const { seq, id, at } of page) {
    if (left <= 0 && (maxAge === undefined || at >= now - maxAge)) return { after: last, left, more: false };
    last = seq;
    left--;
    tx.events.remove(seq);
    tx.idempotency.forget('send', JSON.stringify({ eventId: id }));
  }
  return { after: last, left, more: page.length === atOnce };
}
