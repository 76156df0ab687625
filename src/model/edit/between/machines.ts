import type { ActionNode, MachineNode, RunNode, StateNode, TransitionNode } from '../../nodes/machine.ts';
import { visitStates } from '../../visit/states.ts';
import type { Edit } from '../edit.ts';
import { pathName } from '../path.ts';
import { itemEdits } from './flows.ts';
import { byName, fieldEdits, indexedEdits, namedEdits, staying } from './lists.ts';
import { sameField } from './same.ts';

const machineLists = new Set(['name', 'events', 'flows', 'tasks', 'machines', 'states']);

/** The edits of a machine's head. */
export function headEdits(before: MachineNode, after: MachineNode, path: string): readonly Edit[] {
  const lists = (['events', 'flows', 'tasks', 'machines'] as const).flatMap((key) =>
    sameField(before, after, key)
      ? []
      : itemEdits(before[key], after[key], 'name', `${path}.${key}`, `${path}.${key}.`),
  );
  return [...lists, ...fieldEdits(before, after, path, sameField, machineLists)];
}

/** A state while it is put into its place: only names count. */
interface Seat {
  readonly name: string;
  parent: Seat | undefined;
  readonly states: Seat[];
}

/** Are the names of the states unique, as paths need them? */
export function haveNames(machine: MachineNode): boolean {
  const names: string[] = [];
  visitStates(machine, ({ name }) => names.push(name));
  return new Set(names).size === names.length;
}

/** The edits that put all states where they belong: new ones, those elsewhere, and none that is gone. */
export function placeEdits(before: MachineNode, after: MachineNode, path: string): readonly Edit[] {
  const edits: Edit[] = [];
  const seats = new Map<string, Seat>();
  const root: Seat = { name: '', parent: undefined, states: [] };
  const seat = (states: readonly StateNode[], parent: Seat): void => {
    for (const { name, states: inner } of states) {
      const one: Seat = { name, parent, states: [] };
      seats.set(name, one);
      parent.states.push(one);
      seat(inner, one);
    }
  };
  seat(before.states, root);
  const wanted = new Set<string>();
  visitStates(after, ({ name }) => wanted.add(name));
  const at = (name: string): string => `${path}.states.${pathName(name)}`;
  const put = (one: Seat, parent: Seat, next: string | undefined): void => {
    one.parent?.states.splice(one.parent.states.indexOf(one), 1);
    one.parent = parent;
    const index = parent.states.findIndex(({ name }) => name === next);
    parent.states.splice(index === -1 ? parent.states.length : index, 0, one);
  };
  const place = (states: readonly StateNode[], parent: Seat): void => {
    const names = states.map(({ name }) => name);
    const stay = staying(
      parent.states.map(({ name }) => name),
      names,
    );
    for (const [index, state] of [...states.entries()].toReversed()) {
      const { name } = state;
      const next = names[index + 1];
      const into = parent === root ? {} : { into: parent.name };
      const goes = next === undefined ? {} : { before: next };
      const own = seats.get(name);
      if (own === undefined) {
        const isWhole = all(state).every((inner) => !seats.has(inner.name));
        edits.push({ op: 'add', path: at(name), value: isWhole ? state : bare(state), ...into, ...goes });
        const made: Seat = { name, parent: undefined, states: [] };
        seats.set(name, made);
        put(made, parent, next);
        if (isWhole) seat(state.states, made);
      } else if (own.parent !== parent) {
        edits.push({ op: 'move', path: at(name), into: parent.name, ...goes });
        put(own, parent, next);
      } else if (!stay.has(name)) {
        edits.push({ op: 'move', path: at(name), ...goes });
        put(own, parent, next);
      }
    }
    for (const state of states) place(state.states, seats.get(state.name) as Seat);
  };
  place(after.states, root);
  const clear = ({ states }: Seat): void => {
    for (const one of states) {
      if (wanted.has(one.name)) clear(one);
      else edits.push({ op: 'remove', path: at(one.name) });
    }
  };
  clear(root);
  return edits;
}

function all(state: StateNode): readonly StateNode[] {
  return [state, ...state.states.flatMap(all)];
}

/** A state without those below it, some of which are elsewhere as yet. */
function bare({ initial: _initial, ...state }: StateNode): StateNode {
  return { ...state, type: state.type === 'compound' ? 'atomic' : state.type, states: [] };
}

const stateLists = new Set(['name', 'on', 'always', 'after', 'entry', 'exit', 'run', 'onDone', 'states']);

/** The edits of what stands in states that are all in their places. */
export function stateEdits(before: MachineNode, after: MachineNode, path: string): readonly Edit[] {
  const old = new Map<string, StateNode>();
  visitStates(before, (state) => old.set(state.name, state));
  const edits: Edit[] = [];
  visitStates(after, (state) => {
    const own = old.get(state.name);
    if (own !== undefined) edits.push(...inState(own, state, `${path}.states.${pathName(state.name)}`));
  });
  return edits;
}

function inState(before: StateNode, after: StateNode, path: string): readonly Edit[] {
  return [
    ...fieldEdits(before, after, path, sameField, stateLists),
    ...onEdits(before, after, path),
    ...runEdits(before, after, path),
    ...timerEdits(before, after, path),
    ...(['always', 'onDone'] as const).flatMap((key) => transitionEdits(before[key], after[key], `${path}.${key}`)),
    ...(['entry', 'exit'] as const).flatMap((key) => actionEdits(before[key], after[key], `${path}.${key}`)),
  ];
}

function transitionEdits(
  before: readonly TransitionNode[],
  after: readonly TransitionNode[],
  path: string,
): readonly Edit[] {
  const own = new Set(['actions']);
  return indexedEdits(before, after, path, (a, b, at) => [
    ...fieldEdits(a, b, at, sameField, own),
    ...actionEdits(a.actions, b.actions, `${at}.actions`),
  ]);
}

function actionEdits(before: readonly ActionNode[], after: readonly ActionNode[], path: string): readonly Edit[] {
  return indexedEdits(before, after, path, (_, value, at) => [{ op: 'set', path: at, value }]);
}

type On = StateNode['on'][number];
type Timer = StateNode['after'][number];

function onEdits(before: StateNode, after: StateNode, path: string): readonly Edit[] {
  const nameOf = ({ event }: On): string => event;
  const [old, next] = [byName(before.on, nameOf), byName(after.on, nameOf)];
  if (old === undefined || next === undefined) {
    return sameField(before, after, 'on') ? [] : [{ op: 'set', path: `${path}.on`, value: after.on }];
  }
  const at = (event: string): string => `${path}.on.${pathName(event)}`;
  return namedEdits(old, next, at, (a, b, inner) => transitionEdits(a.transitions, b.transitions, inner));
}

function runEdits(before: StateNode, after: StateNode, path: string): readonly Edit[] {
  const nameOf = ({ id }: RunNode): string => id;
  const [old, next] = [byName(before.run, nameOf), byName(after.run, nameOf)];
  if (old === undefined || next === undefined) {
    return sameField(before, after, 'run') ? [] : [{ op: 'set', path: `${path}.run`, value: after.run }];
  }
  const own = new Set(['id', 'onDone', 'onError']);
  const at = (id: string): string => `${path}.run.${pathName(id)}`;
  return namedEdits(old, next, at, (a, b, inner) => [
    ...fieldEdits(a, b, inner, sameField, own),
    ...transitionEdits(a.onDone, b.onDone, `${inner}.onDone`),
    ...transitionEdits(a.onError, b.onError, `${inner}.onError`),
  ]);
}

function timerEdits(before: StateNode, after: StateNode, path: string): readonly Edit[] {
  const own = new Set(['transitions']);
  return indexedEdits(before.after, after.after, `${path}.after`, (a: Timer, b: Timer, at) => [
    ...fieldEdits(a, b, at, sameField, own),
    ...transitionEdits(a.transitions, b.transitions, at),
  ]);
}
