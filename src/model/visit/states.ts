import type { ActionNode, MachineNode, StateNode, TransitionNode } from '../nodes/machine.ts';
import { actionParts } from './actions.ts';

/** What a walk knows about the place of a state. */
export interface StatePlace {
  /** The names from the outermost state to this one: `open/fulfilling`. */
  readonly path: string;
  /** The states around it, the outermost first. */
  readonly parents: readonly StateNode[];
}

/**
 * Calls back for every state of a machine in document order, a state before those below it.
 *
 * @example
 * ```ts
 * import { visitStates, type MachineNode } from 'millrace/model';
 *
 * const names = (machine: MachineNode) => {
 *   const all: string[] = [];
 *   visitStates(machine, (state) => all.push(state.name));
 *   return all;
 * };
 * ```
 */
export function visitStates(machine: MachineNode, visit: (state: StateNode, place: StatePlace) => void): void {
  const walk = (states: readonly StateNode[], prefix: string, parents: readonly StateNode[]): void => {
    for (const state of states) {
      const path = `${prefix}${state.name}`;
      visit(state, { path, parents });
      walk(state.states, `${path}/`, [...parents, state]);
    }
  };
  walk(machine.states, '', []);
}

/** What makes a transition be tried. */
export type Trigger =
  | { readonly type: 'event'; readonly event: string }
  | { readonly type: 'always' }
  | { readonly type: 'after' }
  | { readonly type: 'done' }
  | { readonly type: 'runDone'; readonly run: string }
  | { readonly type: 'runError'; readonly run: string };

/** The transitions of one state that are tried in order for one trigger. */
export interface TransitionGroup {
  /** Below the state, such as `on.orderPlaced`, `after.0`, `run.fulfil.onDone`. */
  readonly path: string;
  readonly trigger: Trigger;
  readonly transitions: readonly TransitionNode[];
}

/** Every group of transitions that leaves a state, in document order. */
export function transitionGroups(state: StateNode): readonly TransitionGroup[] {
  const groups: TransitionGroup[] = [
    ...state.on.map(({ event, transitions }) => ({
      path: `on.${event}`,
      trigger: { type: 'event', event } as const,
      transitions,
    })),
    { path: 'always', trigger: { type: 'always' }, transitions: state.always },
    ...state.after.map(({ transitions }, index) => ({
      path: `after.${index}`,
      trigger: { type: 'after' } as const,
      transitions,
    })),
    ...state.run.flatMap(({ id, onDone, onError }) => [
      { path: `run.${id}.onDone`, trigger: { type: 'runDone', run: id } as const, transitions: onDone },
      { path: `run.${id}.onError`, trigger: { type: 'runError', run: id } as const, transitions: onError },
    ]),
    { path: 'onDone', trigger: { type: 'done' }, transitions: state.onDone },
  ];
  return groups.filter(({ transitions }) => transitions.length > 0);
}

/** Calls back for every action of a state: of its entry, its exit and its transitions, those in a `forEach` or a `when` included. */
export function visitActions(state: StateNode, visit: (action: ActionNode, path: string) => void): void {
  const walk = (actions: readonly ActionNode[], prefix: string): void => {
    for (const [index, action] of actions.entries()) {
      const path = `${prefix}.${index}`;
      visit(action, path);
      for (const block of actionParts(action).blocks ?? []) walk(block.actions, `${path}.${block.key}`);
    }
  };
  walk(state.entry, 'entry');
  walk(state.exit, 'exit');
  for (const { path, transitions } of transitionGroups(state)) {
    for (const [index, transition] of transitions.entries()) walk(transition.actions, `${path}.${index}.actions`);
  }
}
