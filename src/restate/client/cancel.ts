import { order, type Desk } from './desk.ts';
import { knownRun } from './known.ts';
import { cannot } from './refused.ts';

/** What came of a cancel: `accepted` is false when the run had ended before; `undone: false`: it was blocked. */
export interface CancelGives {
  readonly runId: string;
  readonly accepted: boolean;
  readonly undone?: false;
}

/** Cancels a run: its flow hears of it, stops what is under way, and undoes what it did. */
export async function cancel(
  desk: Desk,
  runId: string,
  { reason, by }: { readonly reason?: string; readonly by?: string },
): Promise<CancelGives> {
  if (reason !== undefined || by !== undefined)
    throw cannot('a cancel carries no reason and no name', 'Leave them out.');
  const { view, invocation } = await knownRun(desk, runId);
  if (view.endedAt !== undefined) return { runId, accepted: false };
  // Its code cannot be run, so nothing can be undone.
  const isStuck = view.status === 'blocked';
  const { status } = await order(desk, invocation.id, isStuck ? 'kill' : 'cancel');
  if (status === 409 || status === 404) return { runId, accepted: false };
  return { runId, accepted: true, ...(isStuck ? { undone: false as const } : {}) };
}
