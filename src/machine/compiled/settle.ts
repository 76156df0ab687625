import { steps } from '../step.ts';
import type { Cell, Program } from './program.ts';

/**
 * Brings a machine to rest after a transition: eventless transitions first, then internal events, then the work of the
 * states that stayed. Generated code names it when the machine has any of these. Says whether anything was handled.
 * Guards are pure: one that did not let an eventless transition through, or threw, is asked again after the next
 * microstep, and not after an event that led nowhere.
 *
 * @throws MillraceError MR3331 when the machine does not come to rest.
 */
export function settle<Context, Registers extends Cell<Context>>(
  program: Program<Context, Registers>,
  cell: Registers,
  handled: boolean,
): boolean {
  const count = steps(program.name);
  let moved = handled;
  while (!cell.done) {
    count();
    if (moved && program.always?.(cell)) continue;
    const event = cell.queue.shift();
    if (event !== undefined) {
      moved = program.step(cell, event.name, event.payload);
      handled ||= moved;
      continue;
    }
    if (cell.begin.length === 0) return handled;
    moved = false;
    const states = cell.begin.sort((a, b) => a - b);
    cell.begin = [];
    for (const state of states) program.begin?.(cell, state);
  }
  return handled;
}
