/** Which states a transition enters when there are parallel states: known beforehand, since no history is involved. */
import type { TransitionNode } from '../../model/index.ts';
import { isWithin, lineage, type State, type Tree } from './tree.ts';

/** A transition of a machine with regions: what stays active around it, and what it enters, in document order. */
export interface RegionalMove {
  readonly domain: State | undefined;
  readonly enters: readonly State[];
}

/** What a transition does to the configuration; nothing for one without targets. */
export function regionalMoveOf(tree: Tree, source: State, transition: TransitionNode): RegionalMove | undefined {
  const targets = transition.targets.flatMap((name) => tree.find(name) ?? []);
  if (targets.length === 0) return undefined;
  const stays =
    transition.internal === true &&
    targets.every((target) => target === source || (source.node.type === 'compound' && isWithin(target, source)));
  const domain = stays ? source : commonCompound([source, ...targets]);
  return { domain, enters: entered(tree, targets, domain) };
}

/** The states entered at the start. */
export function initialStates(tree: Tree, initial: readonly string[]): readonly State[] {
  const targets = initial.flatMap((name) => tree.find(name) ?? []);
  return entered(tree, targets.length > 0 ? targets : tree.roots.slice(0, 1), undefined);
}

/** The innermost compound state around all of them that is none of them; nothing for the machine itself. */
function commonCompound([first, ...others]: readonly State[]): State | undefined {
  return lineage(first as State).findLast(
    (each) =>
      each !== first &&
      each.node.type === 'compound' &&
      others.every((other) => other !== each && isWithin(other, each)),
  );
}

function entered(tree: Tree, targets: readonly State[], domain: State | undefined): readonly State[] {
  const found = new Set<State>();
  for (const target of targets) addDescendants(tree, target, found);
  for (const target of targets) {
    if (target === domain) found.delete(target);
    else addAncestors(tree, target, domain, found);
  }
  return [...found].sort((a, b) => a.number - b.number);
}

function addDescendants(tree: Tree, state: State, found: Set<State>): void {
  found.add(state);
  if (state.node.type === 'parallel') addRegions(tree, state, found);
  if (state.node.type !== 'compound') return;
  const named = (state.node.initial ?? []).flatMap((name) => tree.find(name) ?? []);
  const initial = named.length > 0 ? named : state.children.slice(0, 1);
  for (const target of initial) addDescendants(tree, target, found);
  for (const target of initial) addAncestors(tree, target, state, found);
}

function addAncestors(tree: Tree, state: State, end: State | undefined, found: Set<State>): void {
  for (let outer = state.parent; outer !== undefined && outer !== end; outer = outer.parent) {
    found.add(outer);
    if (outer.node.type === 'parallel') addRegions(tree, outer, found);
  }
}

function addRegions(tree: Tree, parallel: State, found: Set<State>): void {
  for (const child of parallel.children) {
    if (![...found].some((each) => isWithin(each, child))) addDescendants(tree, child, found);
  }
}
