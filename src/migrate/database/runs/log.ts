import { dropTimer } from '../../../runtime/host/timer.ts';
import { receivedData } from '../../../runtime/host/receive.ts';
import type { RunRow, Tx } from '../../../store/index.ts';
import { indexBy } from '../events.ts';
import type { World } from '../world.ts';

/**
 * Gives the waits of a run what the log has for them under their new names: events are handed out once, and to a run that
 * still waited under old ones they said nothing. Each gets the oldest that came since the run started. Says whether one did.
 */
export function receiveFromLog(world: World, tx: Tx, run: RunRow): boolean {
  const cursor = Number(tx.meta.get('cursor') ?? 0);
  const timers = tx.timers.of(run.id);
  let received = false;
  for (const { path, event: name, key } of tx.waits.of(run.id)) {
    indexBy(world, tx, name, Object.keys(JSON.parse(key) as object));
    const event = tx.events.oldest(name, key, run.since, world.now, run.id);
    // What nobody has been handed yet is for the next process that drives the database.
    if (event === undefined || event.seq > cursor) continue;
    const due = timers.find(({ kind, part }) => kind === 'wait' && part === path)?.due ?? Infinity;
    if (event.at >= due) continue;
    tx.waits.remove(run.id, path);
    dropTimer(tx, run.id, path);
    tx.events.consume(run.id, event.seq);
    tx.journal.append({
      run: run.id,
      seq: tx.journal.last(run.id) + 1,
      at: world.now,
      kind: 'received',
      path,
      name,
      attempt: 0,
      place: null,
      data: receivedData(key, event),
    });
    received = true;
  }
  return received;
}
