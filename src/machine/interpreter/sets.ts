import { ancestors, isDescendant, type State, type Transition } from './tree.ts';
import type { Interpretation } from './interpretation.ts';

/** `computeExitSet`: the active states that these transitions leave. */
export function exitSet(machine: Interpretation, transitions: readonly Transition[]): Set<State> {
  const left = new Set<State>();
  for (const transition of transitions) {
    if (transition.targets.length === 0) continue;
    const domain = transitionDomain(machine, transition);
    for (const state of machine.configuration) if (isDescendant(state, domain)) left.add(state);
  }
  return left;
}

/** What stays active around each transition that has targets. Settled before anything is left: leaving changes the history. */
export function domainsOf(machine: Interpretation, transitions: readonly Transition[]): ReadonlyMap<Transition, State> {
  const withTargets = transitions.filter(({ targets }) => targets.length > 0);
  return new Map(withTargets.map((transition) => [transition, transitionDomain(machine, transition)]));
}

/** `computeEntrySet`: the states that these transitions enter. */
export function entrySet(machine: Interpretation, domains: ReadonlyMap<Transition, State>): Set<State> {
  const all = new Set<State>();
  for (const [transition, domain] of domains) {
    const targets = effectiveTargets(machine, transition.targets);
    const entered = new Set<State>();
    if (targets.has(domain)) {
      // An internal transition to its own source stays in it and only starts it afresh inside.
      addDescendants(machine, domain, entered);
    } else {
      for (const target of transition.targets) addDescendants(machine, target, entered);
      for (const target of targets) addAncestors(machine, target, domain, entered);
    }
    // A history brings along all states between its parent and what it remembers: those around the domain stay active.
    for (const state of entered) if (isDescendant(state, domain)) all.add(state);
  }
  return all;
}

/** The states entered by default, as by a transition of the root. */
export function initialSet(machine: Interpretation, root: State): Set<State> {
  const entered = new Set<State>();
  for (const target of root.initial) addDescendants(machine, target, entered);
  for (const target of effectiveTargets(machine, root.initial)) addAncestors(machine, target, root, entered);
  return entered;
}

/** `getEffectiveTargetStates`: the targets, with history states replaced by what they stand for. */
function effectiveTargets(machine: Interpretation, targets: readonly State[]): Set<State> {
  return new Set(
    targets.flatMap((target) =>
      target.type === 'history' ? [...effectiveTargets(machine, remembered(machine, target))] : [target],
    ),
  );
}

const remembered = (machine: Interpretation, history: State): readonly State[] =>
  machine.history.get(history) ?? history.initial;

/** `getTransitionDomain`: the innermost compound state that stays active while the transition is taken. */
function transitionDomain(machine: Interpretation, transition: Transition): State {
  const { source } = transition;
  const targets = [...effectiveTargets(machine, transition.targets)];
  const staysInside =
    transition.definition.internal === true &&
    targets.every((target) => target === source || (source.type === 'compound' && isDescendant(target, source)));
  return staysInside ? source : leastCommonCompoundAncestor([source, ...targets]);
}

/** `findLCCA`: the innermost compound state (or the root) above all of them. */
function leastCommonCompoundAncestor([head, ...rest]: readonly State[]): State {
  const all = ancestors(head as State);
  const found = all.find((each) => each.type === 'compound' && rest.every((state) => isDescendant(state, each)));
  return found ?? (all.at(-1) as State);
}

function addDescendants(machine: Interpretation, state: State, entered: Set<State>): void {
  if (state.type === 'history') {
    const targets = remembered(machine, state);
    for (const target of targets) addDescendants(machine, target, entered);
    for (const target of targets) addAncestors(machine, target, state.parent as State, entered);
    return;
  }
  entered.add(state);
  if (state.type === 'compound') {
    for (const target of state.initial) addDescendants(machine, target, entered);
    for (const target of state.initial) addAncestors(machine, target, state, entered);
  } else if (state.type === 'parallel') addRegions(machine, state, entered);
}

function addAncestors(machine: Interpretation, state: State, end: State, entered: Set<State>): void {
  for (const ancestor of ancestors(state, end)) {
    entered.add(ancestor);
    if (ancestor.type === 'parallel') addRegions(machine, ancestor, entered);
  }
}

function addRegions(machine: Interpretation, parallel: State, entered: Set<State>): void {
  for (const child of parallel.children) {
    if (child.type !== 'history' && ![...entered].some((each) => each === child || isDescendant(each, child))) {
      addDescendants(machine, child, entered);
    }
  }
}
