import { matches } from '../../../core/index.ts';
import type { MachineNode } from '../../nodes/machine.ts';
import { visitStates } from '../../visit/states.ts';
import { visitMachineSlots } from '../slots.ts';
import { put } from '../grammar.ts';
import { checkTargets } from './target.ts';

/** Gives work of a machine other ids. All slots that name it follow. */
export function renameRuns(machine: MachineNode, renames: ReadonlyMap<string, string>): void {
  for (const id of renames.keys()) checkTargets(machine, `#${id}`);
  visitStates(machine, ({ run }) => {
    for (const work of run) {
      const to = renames.get(work.id);
      if (to !== undefined) put(work, 'id', to);
    }
  });
  visitMachineSlots(machine, (slot) => {
    const to = slot.kind === 'run' ? renames.get(slot.name) : undefined;
    if (to !== undefined) slot.set(to);
  });
}

/** Do the same descriptors cover an event under both names? */
export function followsEvent(machine: MachineNode, from: string, to: string): boolean {
  if (/^(?:done|error|after)(?:\.|$)/.test(to)) return false;
  let isSame = true;
  visitStates(machine, ({ on }) => {
    for (const { event } of on) {
      if (event === to) isSame = false;
      if (event !== from && matches(event, from) !== matches(event, to)) isSame = false;
    }
  });
  return isSame;
}

/** Puts the new name of an event wherever a machine names it. */
export function renameAlias(machine: MachineNode, from: string, to: string): void {
  visitMachineSlots(machine, (slot) => {
    if (slot.kind === 'alias' && slot.name === from) slot.set(to);
  });
}

/** Work is called by its state and by what it runs, unless it has an id of its own. */
export function renameDefaultRuns(machine: MachineNode, kind: string, target: string, from: string, to: string): void {
  const renames = new Map<string, string>();
  visitStates(machine, ({ name, run }) => {
    for (const { id, target: runs } of run) {
      if (runs.kind === kind && runs.name === target && id === `${name}.${from}`) renames.set(id, `${name}.${to}`);
    }
  });
  renameRuns(machine, renames);
}
