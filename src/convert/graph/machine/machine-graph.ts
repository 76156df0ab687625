import type { Location, MachineNode, StateNode, TransitionNode } from '../../../model/index.ts';
import { visitStates } from '../../../model/visit/index.ts';
import { codeText, cut } from '../code-text.ts';
import type { Graph, GraphEdge, GraphEdgeKind, GraphNode } from '../graph.ts';
import { labelText } from '../label.ts';
import { actionTexts } from './action-text.ts';
import { outgoing } from './outgoing.ts';
import { stateDetails } from './state-details.ts';

/**
 * A machine as nodes and edges: every state and every transition once, in document order, with its place in the source.
 * A transition with several targets leads to a `fork`, and from there on.
 *
 * @example
 * ```ts
 * import { machineGraph } from 'millrace/convert';
 * import type { MachineNode } from 'millrace/model';
 *
 * export function events(machine: MachineNode): readonly string[] {
 *   return machineGraph(machine).edges.flatMap(({ kind, trigger = '' }) => (kind === 'event' ? [trigger] : []));
 * }
 * ```
 */
export function machineGraph(machine: MachineNode): Graph {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const around = new Map<string, readonly StateNode[]>();
  visitStates(machine, ({ name }, { parents }) => around.set(name, parents));
  const names = new Set(around.keys());
  const pseudo = (id: string): string => {
    let free = id;
    while (names.has(free)) free += '~';
    names.add(free);
    return free;
  };
  const line = (from: string, to: string, kind: GraphEdgeKind, location: Location): void =>
    void edges.push({ id: `${from}>${to}`, kind, from, to, label: '', location });

  const begin = (targets: readonly string[], parent: string | undefined, location: Location): void => {
    if (targets.length === 0) return;
    const id = pseudo(`${parent ?? ''}~initial`);
    nodes.push({ id, kind: 'initial', label: '', ...inside(parent), details: [], location });
    for (const target of targets) line(id, target, 'initial', location);
  };
  const leave = (
    state: StateNode,
    transition: TransitionNode,
    id: string,
    kind: GraphEdgeKind,
    trigger: string,
  ): void => {
    const [first, second] = transition.targets;
    const fork = second === undefined ? undefined : pseudo(`${id}~fork`);
    const { location } = transition;
    edges.push({ id, kind, from: state.name, to: fork ?? first ?? state.name, ...told(transition, trigger), location });
    if (fork === undefined) return;
    const parent = shared([state.name, ...transition.targets].map((name) => around.get(name) ?? []));
    nodes.push({ id: fork, kind: 'fork', label: '', ...inside(parent), details: [], location });
    for (const target of transition.targets) line(fork, target, 'fork', location);
  };

  begin(machine.initial, undefined, machine.location);
  visitStates(machine, (state) => {
    nodes.push(nodeOf(state, around.get(state.name)?.at(-1)?.name));
    if (state.type === 'history') {
      for (const target of state.initial ?? []) line(state.name, target, 'default', state.location);
    } else begin(initialOf(state), state.name, state.location);
    for (const { place, kind, trigger, transitions } of outgoing(state)) {
      for (const [index, transition] of transitions.entries())
        leave(state, transition, `${state.name}.${place}[${index}]`, kind, trigger);
    }
  });
  const { name, description, location } = machine;
  return { kind: 'machine', name, ...(description === undefined ? {} : { description }), nodes, edges, location };
}

const inside = (parent: string | undefined): { readonly parent?: string } => (parent === undefined ? {} : { parent });

function nodeOf(state: StateNode, parent: string | undefined): GraphNode {
  const { name, type, description, tags, location } = state;
  return {
    id: name,
    kind: type,
    label: name,
    ...inside(parent),
    details: stateDetails(state),
    ...(type === 'history' ? { deep: state.history === 'deep' } : {}),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
    location,
  };
}

/** Where a state begins: what it says, else its first state. A parallel state begins everywhere. */
function initialOf({ type, initial, states }: StateNode): readonly string[] {
  if (initial !== undefined) return initial;
  const first = type === 'compound' ? states.find((state) => state.type !== 'history') : undefined;
  return first === undefined ? [] : [first.name];
}

function told(
  transition: TransitionNode,
  trigger: string,
): Omit<GraphEdge, 'id' | 'kind' | 'from' | 'to' | 'location'> {
  const { targets, internal, description } = transition;
  const guard = transition.guard === undefined ? {} : { guard: codeText(transition.guard) };
  const actions = transition.actions.length === 0 ? {} : { actions: actionTexts(transition.actions) };
  const parts = { trigger, ...guard, ...actions };
  const flags = {
    ...(targets.length === 0 ? ({ targetless: true } as const) : {}),
    ...(internal === true ? ({ internal: true } as const) : {}),
  };
  return {
    label: cut(labelText({ ...parts, ...flags }), 200),
    ...parts,
    ...flags,
    ...(description === undefined ? {} : { description }),
  };
}

/** The smallest state that is around all of these and has no regions; nothing when that is the machine. */
function shared([first = [], ...rest]: readonly (readonly StateNode[])[]): string | undefined {
  return first.findLast((state) => state.type !== 'parallel' && rest.every((other) => other.includes(state)))?.name;
}
