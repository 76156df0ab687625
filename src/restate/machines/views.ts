import { fits, isBreaking, type InstanceName } from '../../engine/index.ts';
import type { Snapshot } from '../../machine/index.ts';
import type { HistoryView, InstanceView } from '../../runtime/index.ts';
import type { BoundMachine } from '../../tasks/index.ts';
import type { HistoryEntry, InstanceState } from './contract.ts';

/** An instance as people see it, made of what its object keeps under `instance`. */
export function instanceView({ machine, id }: InstanceName, state: InstanceState): InstanceView {
  const { snapshot, parent } = state;
  return {
    machine,
    id,
    state: snapshot.state,
    context: snapshot.context,
    status: state.status,
    ...(snapshot.output === undefined ? {} : { output: snapshot.output }),
    ...(parent === undefined ? {} : { parent: { machine: parent.machine, id: parent.id } }),
    changes: state.seq,
    historySize: state.seq - state.oldest + 1,
    lastTransition: state.last,
    createdAt: state.created,
    updatedAt: state.updated,
  };
}

/** An entry of the history as people see it, made of what the object keeps under `entry …`. */
export function historyView({ more: _more, armed: _armed, ...view }: HistoryEntry): HistoryView {
  return view;
}

/** The names of the events that an instance would take now. */
export function available(machine: BoundMachine, snapshot: Snapshot<unknown>): readonly string[] {
  const names = new Map(Object.entries(machine.module.events).map(([name, alias]) => [alias, name]));
  return snapshot.status === 'active'
    ? machine.module.available(snapshot).map((alias) => names.get(alias) ?? alias)
    : [];
}

/** The same by what is kept of it; none where this version cannot wake it. */
export function wouldTake(machine: BoundMachine, version: string, state: InstanceState | null): readonly string[] {
  return state !== null && canWake(machine, version, state) ? available(machine, state.snapshot) : [];
}

/** Is it active, and can this machine, of this version of the system, wake it? */
export function canWake({ module }: BoundMachine, version: string, state: InstanceState): boolean {
  if (state.status !== 'active' || isBreaking(state.version, version)) return false;
  return state.hash === module.hash || fits(module, state.snapshot);
}
