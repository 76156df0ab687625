import type { StateNode } from '../../model/index.ts';
import { transitionGroups } from '../../model/visit/index.ts';
import { isBelow, type Chart } from './chart.ts';

/** The states that become active when the targets are entered: they, what is around them, and what they start in. */
export function entered(chart: Chart, targets: readonly string[]): ReadonlySet<StateNode> {
  const active = new Set<StateNode>();
  const aims = targets.flatMap((name) => chart.states.get(name) ?? []);
  const leadsTo = (region: StateNode): boolean =>
    aims.some((target) => target === region || isBelow(chart, target, region));
  const enter = (name: string): void => {
    const state = chart.states.get(name);
    if (state === undefined) return;
    for (const parent of chart.parents(state)) {
      if (active.has(parent)) continue;
      active.add(parent);
      // A region that a target lies in starts there, not in its own initial state.
      if (parent.type === 'parallel') for (const region of parent.states) if (!leadsTo(region)) start(region);
    }
    start(state);
  };
  const start = (state: StateNode): void => {
    if (active.has(state)) return;
    active.add(state);
    if (state.type === 'parallel') for (const region of state.states) start(region);
    else for (const name of state.initial ?? []) enter(name);
  };
  for (const name of targets) enter(name);
  return active;
}

/** Does every name that a machine goes to or starts in have its state? Otherwise what can be reached is not known. */
export function isConnected(chart: Chart): boolean {
  const known = (names: readonly string[] = []): boolean => names.every((name) => chart.states.has(name));
  return (
    chart.machine.initial.length > 0 &&
    known(chart.machine.initial) &&
    [...chart.states.values()].every(
      (state) =>
        known(state.initial) &&
        transitionGroups(state).every(({ transitions }) => transitions.every(({ targets }) => known(targets))),
    )
  );
}

/** Does every state with states below it say in which it starts? Otherwise they are reached, but nobody knows which. */
export function saysInitials(chart: Chart): boolean {
  return [...chart.states.values()].every(
    ({ type, states, initial = [] }) => type !== 'compound' || states.length === 0 || initial.length > 0,
  );
}

/** Where the machine can go from a state that is active, its guards aside. */
export function targetsFrom(chart: Chart, state: StateNode): readonly string[] {
  const sources = new Set([state, ...chart.parents(state)]);
  // While a region is active the others are too, and may leave the parallel state.
  for (const parent of chart.parents(state)) {
    if (parent.type === 'parallel')
      for (const other of chart.states.values()) if (isBelow(chart, other, parent)) sources.add(other);
  }
  return [...sources].flatMap((source) =>
    transitionGroups(source).flatMap(({ transitions }) => transitions.flatMap(({ targets }) => targets)),
  );
}

/** Every state that can be active once the targets have been entered. */
export function reachable(chart: Chart, targets: readonly string[]): ReadonlySet<StateNode> {
  const found = new Set<StateNode>();
  const seen = new Set<string>();
  const queue = [...targets];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const state of entered(chart, [name])) {
      if (found.has(state)) continue;
      found.add(state);
      for (const { transitions } of transitionGroups(state))
        for (const transition of transitions) queue.push(...transition.targets);
      // What it remembers may be any state beside it.
      if (state.type === 'history')
        queue.push(
          ...[...chart.states.values()]
            .filter((other) => isBeside(chart, other, state))
            .map(({ name: beside }) => beside),
        );
    }
  }
  return found;
}

function isBeside(chart: Chart, state: StateNode, history: StateNode): boolean {
  const parent = chart.parents(history).at(-1);
  return parent !== undefined && state !== history && isBelow(chart, state, parent);
}
