import type { Tx } from '../../store/index.ts';
import type { At } from '../../flow/index.ts';
import type { Part } from './part.ts';
import type { Record } from './records.ts';
import { dropTimer } from './timer.ts';

/**
 * Records that a wait was cancelled, unless it has come to its end: what wakes it may be written in the same batch. So
 * that is decided within the transaction: `drop` takes away what it waits for, and says whether that was there. Gives
 * what the journal knows then.
 */
export async function cancelWait(
  { run }: Part,
  path: string,
  line: { readonly name: string | null; readonly at: At },
  drop: (tx: Tx) => boolean,
): Promise<Record | undefined> {
  run.enqueue((tx) => {
    if (!drop(tx)) return;
    run.context.record(tx, run.id, {
      kind: 'cancelled',
      path,
      name: line.name,
      attempt: 0,
      place: line.at,
      data: null,
    });
  });
  run.working(1);
  await run.committed();
  run.working(-1);
  return run.records.get(path);
}

/** Takes away what a step waits for; says whether it did wait. */
export function dropWait(tx: Tx, run: string, path: string): boolean {
  if (tx.waits.get(run, path) === undefined) return false;
  tx.waits.remove(run, path);
  dropTimer(tx, run, path);
  return true;
}
