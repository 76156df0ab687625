/** The states of a machine, numbered in document order, its regions, and the static part of every transition. */
import type { MachineNode, RunNode, StateNode, TransitionNode } from '../../model/index.ts';
import { registerNames } from './registers.ts';

export interface State {
  readonly node: StateNode;
  readonly name: string;
  /** In document order; the states below it follow without a gap. */
  readonly number: number;
  /** The number of the last state below it; its own when there is none. */
  readonly last: number;
  readonly parent: State | undefined;
  /** Without the history states. */
  readonly children: readonly State[];
  /** What remembers it. */
  readonly histories: readonly State[];
  readonly region: Region;
}

/** What moves on its own: the machine itself, or a state right below a parallel one. Each has a register. */
export interface Region {
  /** In document order; the machine itself comes first. */
  readonly index: number;
  /** Its state; nothing for the machine itself. */
  readonly root: State | undefined;
  /** The name of its register. */
  readonly register: string;
  /** The states in which its register stands: leaves, and parallel states, below which the regions go on. */
  readonly resting: State[];
}

/** Under which name the lambdas of a transition see what its event carries. */
export type PayloadName = 'event' | 'output' | 'error' | undefined;

/** The transitions of one state that are tried in order for one descriptor. */
export interface Group {
  readonly source: State;
  /** A name, `name.*`, `*`, or nothing for eventless ones. */
  readonly descriptor: string | undefined;
  readonly payload: PayloadName;
  readonly run?: RunNode;
  readonly transitions: readonly TransitionNode[];
  /** Where it stands, for reports: `open.on.orderCancelled`. */
  readonly at: string;
  /** What its functions are called after. */
  readonly label: string;
}

export interface Tree {
  readonly states: readonly State[];
  readonly regions: readonly Region[];
  /** The history states; each has a register. */
  readonly histories: readonly { readonly state: State; readonly register: string }[];
  readonly groups: readonly Group[];
  /** Every transition, numbered. */
  readonly transitions: readonly {
    readonly group: Group;
    readonly transition: TransitionNode;
    readonly index: number;
  }[];
  readonly roots: readonly State[];
  find(name: string): State | undefined;
}

/** Numbers the states, finds the regions, and lists the groups of each state in the order in which they are tried. */
export function growTree(machine: MachineNode): Tree {
  const states: State[] = [];
  const regions: Region[] = [];
  const nameOf = registerNames();
  const open = (node: StateNode | undefined) => {
    const region = {
      index: regions.length,
      root: undefined as State | undefined,
      register: nameOf(node),
      resting: [] as State[],
    };
    regions.push(region);
    return region;
  };
  const grow = (node: StateNode, parent: State | undefined, outer: Region): State => {
    const own = parent?.node.type === 'parallel' && node.type !== 'history' ? open(node) : undefined;
    const region = own ?? outer;
    const children: State[] = [];
    const histories: State[] = [];
    const number = states.length;
    const state = { node, name: node.name, number, last: number, parent, children, histories, region };
    if (own !== undefined) own.root = state;
    states.push(state);
    for (const each of node.states) (each.type === 'history' ? histories : children).push(grow(each, state, region));
    state.last = states.length - 1;
    return state;
  };
  const machineItself = open(undefined);
  const roots = machine.states.map((node) => grow(node, undefined, machineItself));
  for (const state of states) if (isResting(state)) state.region.resting.push(state);
  const groups = states.flatMap(groupsOf);
  const byName = new Map(states.map((state) => [state.name, state]));
  const histories = states.flatMap((state) =>
    state.node.type === 'history' ? [{ state, register: nameOf(state.node) }] : [],
  );
  return {
    states,
    regions,
    histories,
    roots,
    groups,
    transitions: groups.flatMap((group) =>
      group.transitions.map((transition, index) => ({ group, transition, index })),
    ),
    find: (name) => byName.get(name),
  };
}

const isResting = ({ node, children }: State): boolean =>
  node.type === 'parallel' || (node.type !== 'history' && children.length === 0);

function groupsOf(source: State): readonly Group[] {
  const { node, name } = source;
  const groups: Group[] = [];
  for (const run of node.run) {
    const base = { source, run };
    const at = `${name}.run.${run.id}`;
    groups.push({
      ...base,
      descriptor: `done.run.${run.id}`,
      payload: 'output',
      transitions: run.onDone,
      at: `${at}.onDone`,
      label: `${run.id}.done`,
    });
    groups.push({
      ...base,
      descriptor: `error.run.${run.id}`,
      payload: 'error',
      transitions: run.onError,
      at: `${at}.onError`,
      label: `${run.id}.failed`,
    });
  }
  groups.push({
    source,
    descriptor: `done.state.${name}`,
    payload: 'output',
    transitions: node.onDone,
    at: `${name}.onDone`,
    label: `${name}.done`,
  });
  for (const [index, { transitions }] of node.after.entries()) {
    groups.push({
      source,
      descriptor: `after.${name}.${index}`,
      payload: undefined,
      transitions,
      at: `${name}.after[${index}]`,
      label: `${name}.after.${index}`,
    });
  }
  for (const { event, transitions } of node.on) {
    const label = `${name}.${event.replaceAll('*', 'any')}`;
    groups.push({ source, descriptor: event, payload: 'event', transitions, at: `${name}.on.${event}`, label });
  }
  groups.push({
    source,
    descriptor: undefined,
    payload: undefined,
    transitions: node.always,
    at: `${name}.always`,
    label: `${name}.always`,
  });
  return groups.filter(({ transitions }) => transitions.length > 0);
}

/** The states from the outermost to this one. */
export function lineage(state: State): readonly State[] {
  return state.parent === undefined ? [state] : [...lineage(state.parent), state];
}

/** The states from this one outwards, as long as they lie below `outer`; nothing stands for the machine itself. */
export function pathUp(state: State, outer: State | undefined): readonly State[] {
  const path: State[] = [];
  for (let each: State | undefined = state; each !== undefined && each !== outer; each = each.parent) path.push(each);
  return path;
}

/** Is it this state or one below it? */
export function isWithin(state: State, outer: State): boolean {
  return state.number >= outer.number && state.number <= outer.last;
}

/** Does it lie below this state? Everything lies below the machine itself. */
export function isBelow(state: State, outer: State | undefined): boolean {
  return outer === undefined || (state.number > outer.number && state.number <= outer.last);
}

/** Can both be active at the same time, without one holding the other? */
export function areConcurrent(one: State, other: State): boolean {
  const outer = lineage(one).findLast((each) => isWithin(other, each));
  return outer?.node.type === 'parallel' && outer !== one && outer !== other;
}

/** What may be done when this final state is entered, innermost first: the state around it, and parallel ones around that. */
export function endedBy({ parent }: State): readonly State[] {
  const ended = parent === undefined ? [] : [parent];
  for (let outer = parent?.parent; outer?.node.type === 'parallel'; outer = outer.parent) ended.push(outer);
  return ended;
}

/** Does any state listen to the end of this one? */
export function isHeard({ groups }: Tree, { name }: State): boolean {
  return groups.some(({ descriptor }) => descriptor === `done.state.${name}` || descriptor?.endsWith('*'));
}
