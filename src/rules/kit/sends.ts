import type { Target } from '../../core/index.ts';
import type { ActionOf, MachineNode, StateNode, SystemModel } from '../../model/index.ts';
import { visitActions, visitStates } from '../../model/visit/index.ts';
import { chartOf } from './chart.ts';

/** Calls back for every `send` and `cancel` of a machine, with its path in the model. */
export function visitSends(
  machine: MachineNode,
  visit: (action: ActionOf<'send'> | ActionOf<'cancel'>, state: StateNode, path: string) => void,
): void {
  visitStates(machine, (state) => {
    visitActions(state, (action, at) => {
      if (action.kind === 'send' || action.kind === 'cancel')
        visit(action, state, `${chartOf(machine).path(state)}.${at}`);
    });
  });
}

/** The machines that a target may stand for; nothing where there is none. */
export function receivers(model: SystemModel, sender: MachineNode, receiver: Target): readonly MachineNode[] {
  const named = (name: string): readonly MachineNode[] => {
    const found = Object.hasOwn(model.machines, name) ? model.machines[name] : undefined;
    return found === undefined ? [] : [found];
  };
  if (receiver.kind === 'machine' || receiver.kind === 'instance') return named(receiver.machine);
  if (receiver.kind === 'parent')
    return Object.values(model.machines).filter((machine) =>
      machineRuns(machine).some(({ target }) => target.name === sender.name),
    );
  return machineRuns(sender)
    .filter(({ id }) => id === receiver.id)
    .flatMap(({ target }) => named(target.name));
}

/** What the states of a machine run that is a machine. */
export function machineRuns(machine: MachineNode): readonly StateNode['run'][number][] {
  return [...chartOf(machine).states.values()].flatMap(({ run }) =>
    run.filter(({ target }) => target.kind === 'machine'),
  );
}
