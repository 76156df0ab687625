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

/** To whom a `send` goes, as far as its text says. */
export type Receiver =
  | { readonly kind: 'parent' }
  | { readonly kind: 'run'; readonly id: string }
  | { readonly kind: 'machine'; readonly name: string };

/** Reads a target that is written out: `#parent`, `#RUN`, `machine`, `machine/instance`. */
export function receiverOf(target: string): Receiver | undefined {
  if (target === '#parent') return { kind: 'parent' };
  if (target.startsWith('#')) return target === '#' ? undefined : { kind: 'run', id: target.slice(1) };
  const name = /^([A-Za-z_][\w.-]*)(?:\/.+)?$/s.exec(target)?.[1];
  return name === undefined ? undefined : { kind: 'machine', name };
}

/** The machines that a target may stand for; nothing where there is none. */
export function receivers(model: SystemModel, sender: MachineNode, receiver: Receiver): readonly MachineNode[] {
  const named = (name: string): readonly MachineNode[] => {
    const found = Object.hasOwn(model.machines, name) ? model.machines[name] : undefined;
    return found === undefined ? [] : [found];
  };
  if (receiver.kind === 'machine') return named(receiver.name);
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
