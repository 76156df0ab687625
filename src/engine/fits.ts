import { checkSnapshot, type MachineModule, type Snapshot } from '../machine/index.ts';
import { EventError } from './errors.ts';
import type { InstanceName } from './instance-name.ts';

/**
 * Checks that a machine can stand where a snapshot of another version of it says.
 *
 * @throws EventError MR3350 when it cannot.
 */
export function checkFits(module: MachineModule<unknown>, name: InstanceName, snapshot: Snapshot<unknown>): void {
  try {
    checkSnapshot(module, snapshot);
  } catch (cause) {
    const vanished = vanishedStates(module, snapshot);
    const why =
      vanished.length === 0
        ? `stands in '${snapshot.state.join("' and '")}', which cannot be active together in this version of it`
        : `needs the state${vanished.length === 1 ? '' : 's'} '${vanished.join("', '")}', which this version of it does not have`;
    throw new EventError(
      'MR3350',
      `Instance '${name.id}' of machine '${name.machine}' ${why}. It stays as it is, and its timers wait; bring the states back, or take the instance back with rollback.`,
      { fault: 'user-code', cause, details: { ...name, states: vanished } },
    );
  }
}

/** Can a machine stand where a snapshot of another version of it says? */
export function fits(module: MachineModule<unknown>, snapshot: Snapshot<unknown>): boolean {
  try {
    checkSnapshot(module, snapshot);
    return true;
  } catch {
    return false;
  }
}

/** The states that a snapshot names and the machine does not have. */
export function vanishedStates(module: MachineModule<unknown>, { state, history }: Snapshot<unknown>): string[] {
  const known = new Set(module.states.map(([name]) => name));
  const named = [...state, ...Object.entries(history ?? {}).flatMap(([name, kept]) => [name, ...kept])];
  return [...new Set(named)].filter((name) => !known.has(name));
}
