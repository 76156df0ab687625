import type { Tx } from '../../../store/index.ts';
import type { World } from '../world.ts';

/** Asks whoever drives the database next to cancel a run: its undos are code of the system. */
export function cancelLater(world: World, tx: Tx, runId: string, reason: string): void {
  tx.inbox.insert({ kind: 'cancel', request: JSON.stringify({ runId, reason }), at: world.now });
}
