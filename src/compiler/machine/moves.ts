/** What transitions leave and enter. */
import type { TransitionNode } from '../../model/index.ts';
import { entriesTo, named, type Entry } from './entries.ts';
import { isBelow, isWithin, lineage, type Group, type Region, type State, type Tree } from './tree.ts';

/**
 * A transition as far as it is known beforehand. Mostly a transition is one move. One from deep inside a state to what
 * a history of that state remembers stays in the smallest state around both: then it is several, each on a condition.
 */
export interface Move {
  readonly number: number;
  readonly group: Group;
  readonly transition: TransitionNode;
  /** Its place in the group. */
  readonly index: number;
  /** Nothing for a transition without a target, which leaves and enters nothing. */
  readonly way: Way | undefined;
}

/** What a move with targets leaves and enters. */
export interface Way {
  /** What must hold; the last of the ways of a transition is taken otherwise. */
  readonly condition: Condition;
  /** What stays active around it; nothing stands for the machine itself. Whatever is active below is left. */
  readonly domain: State | undefined;
  readonly entries: readonly Entry[];
}

export type Condition =
  | boolean
  | { readonly all: readonly Condition[] }
  /** All that the history remembers is among these states; when it remembers nothing the other condition counts. */
  | { readonly history: State; readonly from: number; readonly to: number; readonly empty: Condition };

/** The moves of every transition, numbered in document order. */
export function movesOf(tree: Tree): ReadonlyMap<TransitionNode, readonly Move[]> {
  const moves = new Map<TransitionNode, readonly Move[]>();
  let count = 0;
  for (const { group, transition, index } of tree.transitions) {
    const ways = waysOf(tree, group.source, transition);
    moves.set(
      transition,
      (ways.length === 0 ? [undefined] : ways).map((way) => ({ number: count++, group, transition, index, way })),
    );
  }
  return moves;
}

function waysOf(tree: Tree, source: State, transition: TransitionNode): readonly Way[] {
  const targets = named(tree, transition.targets);
  if (targets.length === 0) return [];
  const ways: Way[] = [];
  const add = (condition: Condition, domain: State | undefined): boolean => {
    if (condition !== false) ways.push({ condition, domain, entries: entriesTo(tree, targets, domain) });
    return condition === true;
  };
  const { number, last } = source;
  const staysIn = source.node.type === 'compound' ? last : number;
  if (transition.internal === true && add(both(tree, targets, number, staysIn), source)) return ways;
  // The innermost compound state around the source and the targets that is none of them.
  for (const outer of lineage(source).slice(0, -1).toReversed()) {
    if (outer.node.type !== 'compound') continue;
    if (add(both(tree, targets, outer.number + 1, outer.last), outer)) return ways;
  }
  add(true, undefined);
  return ways;
}

/** Do all targets lie among these states? */
function both(tree: Tree, targets: readonly State[], from: number, to: number): Condition {
  const all: Condition[] = [];
  for (const target of targets) {
    const one = isAmong(tree, target, from, to);
    if (one === false) return false;
    if (one !== true) all.push(one);
  }
  return all.length === 0 ? true : all.length === 1 ? (all[0] as Condition) : { all };
}

function isAmong(tree: Tree, target: State, from: number, to: number): Condition {
  if (target.node.type !== 'history') return target.number >= from && target.number <= to;
  const outer = target.parent as State;
  if (outer.number + 1 >= from && outer.last <= to) return true;
  if (to <= outer.number || from > outer.last) return false;
  return { history: target, from, to, empty: both(tree, named(tree, target.node.initial), from, to) };
}

/** Would both leave a state that is active? Each leaves whatever is active below what stays around it. */
export function collide(one: Move, other: Move): boolean {
  if (one.way === undefined || other.way === undefined) return false;
  const [a, b] = [one.way.domain, other.way.domain];
  // An internal transition of a leaf to itself leaves nothing.
  if (a?.children.length === 0 || b?.children.length === 0) return false;
  return a === undefined || b === undefined || isWithin(a, b) || isWithin(b, a);
}

/** The regions whose registers a move may change. */
export function changedBy(tree: Tree, { way }: Move): readonly Region[] {
  if (way === undefined) return [];
  const { domain } = way;
  return tree.regions.filter(
    (region) =>
      (domain?.node.type !== 'parallel' && region === (domain?.region ?? tree.regions[0])) ||
      (region.root !== undefined && isBelow(region.root, domain)),
  );
}
