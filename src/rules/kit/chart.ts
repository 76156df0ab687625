import type { MachineNode, StateNode } from '../../model/index.ts';
import { visitStates, type StatePlace } from '../../model/visit/index.ts';

/** A machine with its states by name. Of two states of one name it knows the first. */
export interface Chart {
  readonly machine: MachineNode;
  readonly states: ReadonlyMap<string, StateNode>;
  /** The states around a state, the outermost first. */
  parents(state: StateNode): readonly StateNode[];
  /** `machines.order.states.open/fulfilling`. */
  path(state: StateNode): string;
}

const charts = new WeakMap<MachineNode, Chart>();

/** The chart of a machine; made once. */
export function chartOf(machine: MachineNode): Chart {
  const known = charts.get(machine);
  if (known !== undefined) return known;
  const states = new Map<string, StateNode>();
  const places = new Map<StateNode, StatePlace>();
  visitStates(machine, (state, place) => {
    places.set(state, place);
    if (!states.has(state.name)) states.set(state.name, state);
  });
  const chart: Chart = {
    machine,
    states,
    parents: (state) => places.get(state)?.parents ?? [],
    path: (state) => `machines.${machine.name}.states.${places.get(state)?.path ?? state.name}`,
  };
  charts.set(machine, chart);
  return chart;
}

/** Does `inner` lie below `outer`? */
export function isBelow(chart: Chart, inner: StateNode, outer: StateNode): boolean {
  return chart.parents(inner).includes(outer);
}

/**
 * Can both be active at the same time without one holding the other? Then a parallel state holds both. A history state
 * stands for what it remembers: everything below the state around it.
 */
export function areOrthogonal(chart: Chart, one: StateNode, other: StateNode): boolean {
  const [a, b] = [one, other].map((state) =>
    state.type === 'history' ? (chart.parents(state).at(-1) ?? state) : state,
  );
  if (a === undefined || b === undefined) return false;
  if (a === b || isBelow(chart, a, b) || isBelow(chart, b, a)) return false;
  const others = chart.parents(b);
  const shared = chart.parents(a).filter((parent) => others.includes(parent));
  return shared.at(-1)?.type === 'parallel';
}
