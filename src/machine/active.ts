import type { MachineModule, Snapshot } from './module.ts';

/**
 * Is the state of this name active? A snapshot names the innermost states only; this also knows those around them.
 *
 * @example
 * ```ts
 * import { isActive, type MachineModule, type Snapshot } from 'millrace/machine';
 *
 * const isPlaying = (player: MachineModule, snapshot: Snapshot) => isActive(player, snapshot, 'playing');
 * ```
 */
export function isActive(
  { states }: Pick<MachineModule, 'states'>,
  { state }: Pick<Snapshot, 'state'>,
  name: string,
): boolean {
  return states.some((row) => {
    let each = state.includes(row[0]) ? row : undefined;
    while (each !== undefined && each[0] !== name) each = states[each[1]];
    return each !== undefined;
  });
}
