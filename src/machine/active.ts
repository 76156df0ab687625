import type { MachineModule, Snapshot, StateIn } from './module.ts';

/** A snapshot of a machine that is in the state of this name: its context is what the state says. */
export type SnapshotIn<Whole, Contexts, Name extends StateIn<Contexts>> = Whole & {
  readonly context: Contexts[Name];
  /** Type only. */
  readonly '~in': { readonly [K in Name]: true };
};

/**
 * Is the state of this name active? A snapshot names the innermost states only; this also knows those around them. Where
 * a state has a context of its own, a snapshot that is in it has that context.
 *
 * @example
 * ```ts
 * import { isActive, type MachineModule, type Snapshot } from 'millrace/machine';
 *
 * const isPlaying = (player: MachineModule, snapshot: Snapshot) => isActive(player, snapshot, 'playing');
 * ```
 */
export function isActive<
  Contexts,
  Whole extends Pick<Snapshot<unknown, StateIn<Contexts>>, 'state'>,
  const Name extends StateIn<Contexts>,
>(
  machine: Pick<MachineModule<unknown, Contexts>, 'states' | '~contexts'>,
  snapshot: Whole,
  name: Name,
): snapshot is SnapshotIn<Whole, Contexts, Name> {
  const { states } = machine;
  const { state }: { readonly state: readonly string[] } = snapshot;
  return states.some((row) => {
    let each = state.includes(row[0]) ? row : undefined;
    while (each !== undefined && each[0] !== name) each = states[each[1]];
    return each !== undefined;
  });
}
