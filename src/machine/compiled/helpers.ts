/** What generated code calls while it runs. */
import { errorEvent, messageOf } from '../step.ts';
import type { Cell, StateRow } from './program.ts';

/**
 * Notes what a guard or an action threw and raises `error.execution`. Gives false, which is what a guard that throws
 * counts as. Generated code calls it.
 */
export function failed<Context>(cell: Cell<Context>, at: string, thrown: unknown): false {
  cell.errors.push({ message: messageOf(thrown), at });
  cell.queue.push(errorEvent(thrown, at));
  return false;
}

/** Work whose input could not be computed has failed before it began. Generated code calls it. */
export function workFailed<Context>(cell: Cell<Context>, id: string, at: string, thrown: unknown): void {
  failed(cell, at, thrown);
  cell.queue.push(errorEvent(thrown, at, `error.run.${id}`));
}

/** Is the state of this name active, when the registers stand at `state`? Generated code calls it. */
export function isIn(states: readonly StateRow[], state: number, name: string): boolean {
  for (let row = states[state]; row !== undefined; row = states[row[1]]) if (row[0] === name) return true;
  return false;
}
