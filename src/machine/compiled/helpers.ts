/** What generated code calls while it runs. */
import { messageOf } from '../../core/index.ts';
import { checkContext } from '../checks.ts';
import type { ContextSchema } from '../definition.ts';
import { errorEvent } from '../step.ts';
import type { Cell } from './program.ts';

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

/**
 * Does the context fit the schema that a state has for itself? When it does not, that is an `error.execution`. Generated
 * code calls it.
 */
export function fits<Context>(cell: Cell<Context>, schema: ContextSchema, state: string): boolean {
  try {
    checkContext(schema, state, cell.context);
    return true;
  } catch (thrown) {
    return failed(cell, `${state}.context`, thrown);
  }
}
