import { steps } from '../step.ts';
import type { Cell, Program } from './program.ts';

/**
 * Brings a machine to rest after a transition: eventless transitions first, then internal events, then the work of the
 * states that stayed. Generated code names it when the machine has any of these. Says whether anything was handled.
 *
 * @throws MillraceError MR3331 when the machine does not come to rest.
 */
export function settle<Context, Registers extends Cell<Context>>(
  program: Program<Context, Registers>,
  cell: Registers,
  handled: boolean,
): boolean {
  const count = steps(program.name);
  while (!cell.done) {
    count();
    // An eventless transition can only have become possible when something happened.
    if (handled && program.always?.(cell)) continue;
    const event = cell.queue.shift();
    if (event !== undefined) handled = program.step(cell, event.name, event.payload) || handled;
    else if (cell.begin.length === 0) return handled;
    else {
      const states = cell.begin.sort((a, b) => a - b);
      cell.begin = [];
      for (const state of states) program.begin?.(cell, state);
    }
  }
  return handled;
}
