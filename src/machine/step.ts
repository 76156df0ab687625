import { MillraceError, toErrorRecord } from '../core/index.ts';
import type { MachineEvent } from './module.ts';

/**
 * The event that a guard or an action raises by throwing: an ErrorRecord whose details say where. Under the name
 * `error.run.ID` it ends work whose input could not be computed.
 */
export function errorEvent(thrown: unknown, at: string, name = 'error.execution'): MachineEvent {
  const { details, ...record } = toErrorRecord(thrown);
  return { name, payload: { ...record, details: { ...details, at } } };
}

/** How many transitions one event may set off before the machine counts as caught in a loop. */
export const stepLimit = 1000;

/**
 * Counts the microsteps of one event.
 *
 * @throws MillraceError MR3331 (from the returned function) beyond {@link stepLimit}.
 */
export function steps(machine: string): () => void {
  let count = 0;
  return () => {
    if (++count <= stepLimit) return;
    throw new MillraceError(
      `Machine '${machine}' did not come to rest: one event set off more than ${stepLimit} internal steps. Look for 'always' transitions or raised events that lead in a circle.`,
      { code: 'MR3331', retryable: false, fault: 'user-code', details: { machine } },
    );
  };
}
