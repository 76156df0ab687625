/** The states of a machine, numbered in document order, and the static part of every transition. */
import type { MachineNode, RunNode, StateNode, TransitionNode } from '../../model/index.ts';

export interface State {
  readonly node: StateNode;
  readonly name: string;
  /** In document order; the states below it follow without a gap. */
  readonly number: number;
  readonly parent: State | undefined;
  readonly children: State[];
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
  /** Those the machine rests in. */
  readonly leaves: readonly State[];
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

/** Numbers the states and lists the groups of each in the order in which they are tried. */
export function growTree(machine: MachineNode): Tree {
  const states: State[] = [];
  const grow = (node: StateNode, parent: State | undefined): State => {
    const state: State = { node, name: node.name, number: states.length, parent, children: [] };
    states.push(state);
    for (const child of node.states) state.children.push(grow(child, state));
    return state;
  };
  const roots = machine.states.map((node) => grow(node, undefined));
  const groups = states.flatMap(groupsOf);
  const byName = new Map(states.map((state) => [state.name, state]));
  return {
    states,
    roots,
    leaves: states.filter(({ children }) => children.length === 0),
    groups,
    transitions: groups.flatMap((group) =>
      group.transitions.map((transition, index) => ({ group, transition, index })),
    ),
    find: (name) => byName.get(name),
  };
}

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

export function isWithin(state: State, outer: State): boolean {
  return lineage(state).includes(outer);
}

/** The states that a transition leaves and enters, as far as they are known beforehand. */
export interface Move {
  /** Whatever is active below this state is left first. */
  readonly below: State | undefined;
  /** Then these are left, inner ones first. */
  readonly exits: readonly State[];
  /** What stays active around the transition; nothing stands for the machine itself. */
  readonly domain: State | undefined;
  /** Then these are entered, outer ones first. */
  readonly enters: readonly State[];
  /** The state in which the machine ends up. */
  readonly leaf: State;
}

/** What a transition does to the configuration; nothing for one without a target. */
export function moveOf(tree: Tree, source: State, transition: TransitionNode): Move | undefined {
  const target = tree.find(transition.targets[0] ?? '');
  if (target === undefined) return undefined;
  const stays = transition.internal === true && isWithin(target, source);
  // The innermost state around both: for a transition to itself or below itself, the parent of the source.
  const domain = stays
    ? source
    : lineage(source).findLast((each) => each !== source && each !== target && isWithin(target, each));
  const outer = domain === undefined ? [] : lineage(domain);
  const inner = lineage(target).filter((each) => !outer.includes(each));
  const enters = [...inner, ...descend(tree, target)];
  const exits = lineage(source)
    .filter((each) => !outer.includes(each))
    .toReversed();
  return {
    below: source.children.length > 0 ? source : undefined,
    exits,
    domain,
    enters,
    leaf: enters.at(-1) ?? target,
  };
}

/** The states below this one that are entered with it. */
export function descend(tree: Tree, state: State): readonly State[] {
  if (state.children.length === 0) return [];
  const initial = tree.find(state.node.initial?.[0] ?? '') ?? (state.children[0] as State);
  const path = lineage(initial);
  return [...path.slice(path.indexOf(state) + 1), ...descend(tree, initial)];
}
