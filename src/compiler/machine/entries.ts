/** What is entered, in document order: known beforehand, but for what history states remember. */
import { isBelow, isWithin, pathUp, type State, type Tree } from './tree.ts';

/** One thing to enter. */
export type Entry =
  | { readonly kind: 'state'; readonly state: State }
  /** All regions of a parallel state, each in what it starts in. */
  | { readonly kind: 'regions'; readonly parallel: State }
  /** What a history state remembers, from below `from`, which is the state around it or lies further inside. */
  | { readonly kind: 'history'; readonly history: State; readonly from: State };

/** What a transition to these targets enters below the state that stays around it; nothing stands for the machine. */
export function entriesTo(tree: Tree, targets: readonly State[], domain: State | undefined): readonly Entry[] {
  const found = new Found(tree);
  // An internal transition to its own source starts it afresh inside.
  if (domain !== undefined && targets.includes(domain)) found.inside(domain);
  else found.targets(targets, domain);
  return found.entries();
}

/** What a parallel state starts in. */
export function entriesOfRegions(tree: Tree, parallel: State): readonly Entry[] {
  const found = new Found(tree);
  found.regions(parallel);
  return found.entries();
}

/** What a history state enters below `from` as long as it remembers nothing. */
export function entriesByDefault(tree: Tree, history: State, from: State): readonly Entry[] {
  const found = new Found(tree);
  const targets = named(tree, history.node.initial);
  if (targets.includes(from)) found.inside(from);
  else found.targets(targets, from);
  if (from.node.type === 'parallel') found.regions(from);
  return found.entries();
}

/** What a history state enters for one of the states that it remembers. */
export function entriesFor(tree: Tree, remembered: State, from: State): readonly Entry[] {
  const found = new Found(tree);
  if (remembered === from) found.inside(from);
  else found.remembered(remembered, from);
  return found.entries();
}

/** The states entered at the start. */
export function initialEntries(tree: Tree, initial: readonly string[]): readonly Entry[] {
  const targets = named(tree, initial);
  return entriesTo(tree, targets.length > 0 ? targets : tree.roots.slice(0, 1), undefined);
}

/** The states of these names. A history at the top has nothing to remember, and no rule lets it pass. */
export const named = (tree: Tree, names: readonly string[] = []): readonly State[] =>
  names
    .flatMap((name) => tree.find(name) ?? [])
    .filter(({ node, parent }) => node.type !== 'history' || parent !== undefined);

const around = (history: State): State => history.parent as State;

class Found {
  readonly #tree: Tree;
  readonly #entries = new Map<string, { readonly order: number; readonly entry: Entry }>();
  readonly #covered: State[] = [];

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  entries(): readonly Entry[] {
    return [...this.#entries.values()].sort((a, b) => a.order - b.order).map(({ entry }) => entry);
  }

  #state(state: State): void {
    this.#entries.set(`${state.number}`, { order: state.number, entry: { kind: 'state', state } });
    this.#covered.push(state);
  }

  targets(targets: readonly State[], end: State | undefined): void {
    for (const target of targets) this.#descendants(target, end);
    for (const target of targets) {
      if (target.node.type !== 'history') this.#ancestors(target, end);
      else if (isBelow(around(target), end)) {
        this.#state(around(target));
        this.#ancestors(around(target), end);
      }
    }
  }

  /** What a state starts in, without itself. */
  inside(state: State): void {
    if (state.node.type === 'parallel') this.regions(state);
    if (state.node.type !== 'compound') return;
    const initial = named(this.#tree, state.node.initial);
    this.targets(initial.length > 0 ? initial : state.children.slice(0, 1), state);
  }

  regions(parallel: State): void {
    for (const child of parallel.children) {
      if (!this.#covered.some((each) => isWithin(each, child))) this.#descendants(child, parallel);
    }
  }

  /** Several are remembered when there are regions: the first of them brings the states around all of them along. */
  remembered(state: State, end: State): void {
    this.#descendants(state, end);
    for (const outer of pathUp(state, end)) {
      this.#state(outer);
      if (outer.parent?.node.type === 'parallel' && outer.parent.children[0] !== outer) return;
    }
  }

  #descendants(state: State, end: State | undefined): void {
    if (state.node.type === 'history') {
      const outer = around(state);
      const from = end !== undefined && isBelow(end, outer) ? end : outer;
      this.#entries.set(`history ${state.number}`, {
        order: from.number + 0.5,
        entry: { kind: 'history', history: state, from },
      });
      this.#covered.push(from);
      return;
    }
    this.#state(state);
    if (state.node.type === 'parallel') {
      this.#entries.set(`regions ${state.number}`, {
        order: state.number + 0.5,
        entry: { kind: 'regions', parallel: state },
      });
    } else this.inside(state);
  }

  #ancestors(state: State, end: State | undefined): void {
    for (const outer of pathUp(state, end).slice(1)) {
      this.#state(outer);
      if (outer.node.type === 'parallel') this.regions(outer);
    }
  }
}
