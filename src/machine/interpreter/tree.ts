import type { MachineDefinition, StateDefinition, TransitionDefinition } from '../definition.ts';
import { matches } from '../../core/index.ts';
import type { StateRow } from '../module.ts';
import { unknownState } from '../unknown-state.ts';

/** Under which name a transition's lambdas see the payload of its event. */
export type PayloadName = 'event' | 'output' | 'error' | undefined;

/** A transition in its place. */
export interface Transition {
  readonly source: State;
  readonly definition: TransitionDefinition;
  readonly targets: readonly State[];
  /** Does it listen to the event of this name? An eventless one listens to none. */
  readonly hears: (event: string) => boolean;
  readonly payload: PayloadName;
  /** Where it stands, for reports: `open.on.orderCancelled[0]`. */
  readonly at: string;
}

/** A state in its place. The root stands for the machine itself. */
export interface State {
  readonly definition: StateDefinition;
  readonly name: string;
  readonly type: StateDefinition['type'];
  readonly parent: State | undefined;
  readonly children: State[];
  /** Its number in document order. */
  readonly order: number;
  /** In document order; what the state says of its own ends comes before `on`. */
  readonly transitions: Transition[];
  readonly always: Transition[];
  initial: readonly State[];
}

/** A machine as a tree that the algorithm walks. */
export interface Tree {
  readonly root: State;
  readonly states: readonly State[];
  readonly byName: ReadonlyMap<string, State>;
}

const nothing = { on: [], always: [], after: [], entry: [], exit: [], run: [], onDone: [] } as const;

/** Puts every state and transition in its place. */
export function plant(machine: MachineDefinition): Tree {
  const states: State[] = [];
  const byName = new Map<string, State>();
  const grow = (definition: StateDefinition, parent: State | undefined): State => {
    const { name, type } = definition;
    const state: State = {
      definition,
      name,
      type,
      parent,
      children: [],
      order: states.length,
      transitions: [],
      always: [],
      initial: [],
    };
    states.push(state);
    if (parent !== undefined) byName.set(name, state);
    for (const child of definition.states) state.children.push(grow(child, state));
    return state;
  };
  const root = grow(
    { name: machine.name, type: 'compound', initial: machine.initial, states: machine.states, ...nothing },
    undefined,
  );
  const named = (name: string): State => byName.get(name) ?? unknownState(machine.name, name);

  for (const state of states) {
    const { definition } = state;
    const first = state.children.find((child) => child.type !== 'history');
    state.initial = definition.initial?.map(named) ?? (first === undefined ? [] : [first]);
    const add = (
      list: Transition[],
      all: readonly TransitionDefinition[],
      at: string,
      payload: PayloadName,
      hears: Transition['hears'],
    ) =>
      all.forEach((each, index) =>
        list.push({
          source: state,
          definition: each,
          targets: each.targets.map(named),
          hears,
          payload,
          at: `${state.name}.${at}[${index}]`,
        }),
      );
    const exactly = (name: string) => (event: string) => event === name;
    for (const run of definition.run) {
      add(state.transitions, run.onDone, `run.${run.id}.onDone`, 'output', exactly(`done.run.${run.id}`));
      add(state.transitions, run.onError, `run.${run.id}.onError`, 'error', exactly(`error.run.${run.id}`));
    }
    add(state.transitions, definition.onDone, 'onDone', 'output', exactly(`done.state.${state.name}`));
    definition.after.forEach((after, index) => {
      add(state.transitions, after.transitions, `after[${index}]`, undefined, exactly(`after.${state.name}.${index}`));
    });
    for (const { event, transitions } of definition.on) {
      add(state.transitions, transitions, `on.${event}`, 'event', (name) => matches(event, name));
    }
    add(state.always, definition.always, 'always', undefined, () => false);
  }
  return { root, states, byName };
}

/** The states below the root as the seam tells of them. */
export function rowsOf({ states }: Tree, { events }: MachineDefinition): readonly StateRow[] {
  return states.slice(1).map(({ name, type, parent, transitions, definition }) => {
    const listens = events.flatMap(({ alias }) => (transitions.some(({ hears }) => hears(alias)) ? [alias] : []));
    const outer = (parent?.order ?? 0) - 1;
    if (type === 'atomic' || type === 'compound') return [name, outer, listens];
    return [name, outer, listens, type === 'history' ? (definition.history ?? 'shallow') : type];
  });
}

export const isAtomic = (state: State): boolean => state.type === 'atomic' || state.type === 'final';

/** The ancestors of a state, nearest first, up to but without `end`; all of them when `end` is not given. */
export function ancestors(state: State, end?: State): State[] {
  const found: State[] = [];
  for (let each = state.parent; each !== undefined && each !== end; each = each.parent) found.push(each);
  return found;
}

export const isDescendant = (state: State, of: State): boolean => {
  for (let each = state.parent; each !== undefined; each = each.parent) if (each === of) return true;
  return false;
};

export const inDocumentOrder = (a: State, b: State): number => a.order - b.order;
export const inExitOrder = (a: State, b: State): number => b.order - a.order;
