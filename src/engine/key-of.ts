import type { BoundMachine } from '../tasks/index.ts';

/** Which instance of a machine an event names. */
export function keyOf(machine: BoundMachine | undefined, payload: unknown): string | undefined {
  const key = machine && (payload as Readonly<Record<string, unknown>> | undefined | null)?.[machine.module.key];
  return typeof key === 'string' || typeof key === 'number' ? String(key) : undefined;
}
