import type { ActionNode, StateNode, TransitionNode } from '../../model/index.ts';
import { actionParts } from '../../model/visit/index.ts';
import { isBelow, type Chart } from '../kit/chart.ts';
import { matches } from '../../core/index.ts';

type Raise = Extract<ActionNode, { readonly kind: 'raise' }>;

/** A circle that a machine cannot leave: the events that it takes in it, and the actions that raise them. */
export interface Circle {
  readonly events: readonly string[];
  readonly raises: readonly Raise[];
}

/** Somewhere a guard, a region or a history decides: nothing is certain from there on. */
class Uncertain extends Error {}

/** How many steps are followed. */
const most = 200;

/** Follows what is certain to happen after an event. Undefined: the machine comes to rest, or it cannot be told. */
export function follow(chart: Chart, leaf: StateNode, event: string): Circle | undefined {
  const walk = new Walk(chart, leaf, event);
  try {
    const seen = new Map<string, number>();
    for (let step = 0; step < most; step++) {
      const before = seen.get(walk.key);
      if (before !== undefined) return walk.since(before);
      seen.set(walk.key, step);
      if (!walk.step()) return undefined;
    }
  } catch (thrown) {
    if (!(thrown instanceof Uncertain)) throw thrown;
  }
  return undefined;
}

class Walk {
  readonly #chart: Chart;
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #taken: { readonly event: string | undefined; readonly raises: Raise[] }[] = [];
  #leaf: StateNode;
  #queue: string[];

  constructor(chart: Chart, leaf: StateNode, event: string) {
    this.#chart = chart;
    this.#leaf = leaf;
    this.#queue = [event];
    this.#aliases = new Map(chart.machine.events.map(({ alias, name }) => [name, alias]));
  }

  get key(): string {
    return [this.#leaf.name, ...this.#queue].join(' ');
  }

  /** The circle that the steps from this one on are; undefined when nothing is raised in it. */
  since(first: number): Circle | undefined {
    const steps = this.#taken.slice(first);
    const raises = steps.flatMap((step) => step.raises);
    if (raises.length === 0) return undefined;
    return { events: steps.flatMap(({ event }) => (event === undefined ? [] : [event])), raises };
  }

  /** One microstep, or one event that nobody takes. False: the machine rests. */
  step(): boolean {
    const active = [this.#leaf, ...this.#chart.parents(this.#leaf).toReversed()];
    if (active.some(({ type }) => type === 'parallel')) throw new Uncertain();
    for (const state of active) {
      const [eventless] = state.always;
      if (eventless !== undefined) return this.#take(state, eventless, undefined, active);
    }
    const event = this.#queue.shift();
    if (event === undefined) return false;
    for (const state of active) {
      const first = heardBy(state, event);
      if (first !== undefined) return this.#take(state, first, event, active);
    }
    this.#taken.push({ event, raises: [] });
    return true;
  }

  #take(
    source: StateNode,
    transition: TransitionNode,
    event: string | undefined,
    active: readonly StateNode[],
  ): boolean {
    if (transition.guard !== undefined || transition.targets.length > 1) throw new Uncertain();
    const [name] = transition.targets;
    const raises: Raise[] = [];
    this.#taken.push({ event, raises });
    if (name === undefined) {
      this.#perform(transition.actions, raises);
      return true;
    }
    const target = this.#chart.states.get(name);
    if (target === undefined) throw new Uncertain();
    const stays =
      transition.internal === true && (target === source || isBelow(this.#chart, target, source)) ? source : undefined;
    const domain = stays ?? active.slice(active.indexOf(source) + 1).find((each) => isBelow(this.#chart, target, each));
    for (const state of active.slice(0, domain === undefined ? undefined : active.indexOf(domain)))
      this.#perform(state.exit, raises);
    this.#perform(transition.actions, raises);
    return this.#enter(target, domain, raises);
  }

  #enter(target: StateNode, domain: StateNode | undefined, raises: Raise[]): boolean {
    const way = target === domain ? [] : [...this.#chart.parents(target), target];
    const from = domain === undefined ? 0 : way.indexOf(domain) + 1;
    const entered = way.slice(from);
    let inner = target;
    while (inner.type === 'compound') {
      const [first, more] = inner.initial ?? [];
      const below = first === undefined ? undefined : this.#chart.states.get(first);
      if (below === undefined || more !== undefined) throw new Uncertain();
      const parents = this.#chart.parents(below);
      entered.push(...parents.slice(parents.indexOf(inner) + 1), below);
      inner = below;
    }
    if (entered.some(({ type }) => type === 'parallel' || type === 'history')) throw new Uncertain();
    for (const state of entered) this.#perform(state.entry, raises);
    this.#leaf = inner;
    if (inner.type !== 'final') return true;
    const parent = this.#chart.parents(inner).at(-1);
    if (parent === undefined) return false;
    this.#queue.push(`done.state.${parent.name}`);
    return true;
  }

  #perform(actions: readonly ActionNode[], raises: Raise[]): void {
    for (const action of actions) {
      if (action.kind === 'raise') {
        const { name } = action.call.target;
        this.#queue.push(this.#aliases.get(name) ?? name);
        raises.push(action);
      } else if (raisesInside(action)) throw new Uncertain();
    }
  }
}

/** The first transition of a state for an event. */
function heardBy(state: StateNode, event: string): TransitionNode | undefined {
  if (event === `done.state.${state.name}` && state.onDone.length > 0) return state.onDone[0];
  return state.on.find((each) => each.transitions.length > 0 && matches(each.event, event))?.transitions[0];
}

function raisesInside(action: ActionNode): boolean {
  const blocks = actionParts(action).blocks ?? [];
  return blocks.some(({ actions }) => actions.some((inner) => inner.kind === 'raise' || raisesInside(inner)));
}
