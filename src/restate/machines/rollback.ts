import { checkFits, hasEnded, noEntry, noInstance, nothingBefore, tooManyTimers } from '../../engine/index.ts';
import type { RollbackGives } from '../../runtime/index.ts';
import { snapshotAt } from './armed.ts';
import type { HistoryEntry, InstanceState, RollbackAsks } from './contract.ts';
import { dropAll } from './effects.ts';
import { rearm } from './rearm.ts';
import type { Turn } from './turn.ts';

/** The entry to which an instance goes back, and the one before which it was looked for. */
export interface Found {
  readonly entry: HistoryEntry | undefined;
  readonly before: number;
}

/** Reads an entry of the history by its sequence. */
export type ReadEntry = (sequence: number) => Promise<HistoryEntry | null>;

/**
 * Finds the entry to which an instance goes back. Without one that is named it is what the instance was before its last
 * event: going back twice goes back two events.
 */
export async function entryFor(state: InstanceState, { to }: RollbackAsks, read: ReadEntry): Promise<Found> {
  const kept = async (sequence: number): Promise<HistoryEntry | undefined> =>
    Number.isSafeInteger(sequence) && sequence >= state.oldest && sequence <= state.seq
      ? ((await read(sequence)) ?? undefined)
      : undefined;
  if (to !== undefined) return { entry: await kept(to), before: to };
  let at = state.seq;
  for (let entry = await kept(at); entry?.kind === 'rollback'; entry = await kept(at))
    at = (entry.payload as { readonly to: number }).to;
  return { entry: await kept(at - 1), before: at };
}

/**
 * Puts an instance where it stood after an earlier entry of its history.
 *
 * @throws EventError MR3306; MR3351 it has ended; MR3352 nothing lies before; MR3353 no such entry; MR3350 the machine has
 * no such state any more; MR3359 the entry had too many timers.
 */
export function rollback(turn: Turn, { to, fromFinal = false }: RollbackAsks, found: Found | undefined): RollbackGives {
  const { name, state, machine } = turn;
  if (state === undefined) throw noInstance(name);
  if (state.status !== 'active' && !fromFinal) throw hasEnded(name, state.status);
  const entry = found?.entry;
  if (entry === undefined) {
    const { oldest, seq } = state;
    if (to !== undefined) throw noEntry(name, `has no entry ${String(to)}`, oldest, seq);
    throw oldest > 1 ? noEntry(name, `has none before ${found?.before}`, oldest, seq) : nothingBefore(name);
  }
  const snapshot = snapshotAt(entry);
  checkFits(machine.module, name, snapshot);
  const { armed = { timers: [], work: [] } } = entry;
  if (armed === 'too many') throw tooManyTimers(name, entry.sequence);
  return turn.whole(() => {
    const began = turn.stopwatch();
    const now = turn.place.clock.now();
    const before = state.snapshot.state;
    dropAll(turn);
    const { hash } = machine.module;
    const seq = state.seq + 1;
    turn.state = {
      ...state,
      status: snapshot.status,
      snapshot,
      hash,
      seq,
      updated: now,
      timers: [],
      work: [],
      parked: [],
    };
    // The time that was left then is left now.
    const timers = armed.timers.map((timer) => ({ ...timer, due: now + Math.max(0, timer.due - entry.time) }));
    const errors = snapshot.status === 'active' ? rearm(turn, seq, { ...armed, timers }) : [];
    turn.note(turn.state, {
      kind: 'rollback',
      event: 'rollback',
      payload: { to: entry.sequence },
      from: before,
      context: entry.context,
      errors,
      duration: turn.elapsed(began),
    });
    return { ...name, sequence: seq, to: entry.sequence, state: snapshot.state };
  });
}
