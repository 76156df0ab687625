import type { MachineStep } from '../../machine/index.ts';
import { changesOf } from './changes.ts';
import { effectText } from './effect-text.ts';
import { after, keyOf, opportunities, without, type Opportunity, type Situation } from './situation.ts';
import type { Expectation } from './types.ts';
import type { World } from './world.ts';

/** A situation that was reached. */
export interface Node {
  readonly situation: Situation;
  readonly depth: number;
  readonly edges: Edge[];
  /** How it was reached first; a root was not. */
  readonly via: Edge | undefined;
  /** Of a root: what it began with. */
  readonly start: { readonly written: unknown; readonly context: unknown; readonly expect: Expectation } | undefined;
}

/** One step from a situation to another. */
export interface Edge {
  readonly from: Node;
  readonly to: Node;
  readonly opportunity: Opportunity;
  readonly payload: unknown;
  readonly taken: readonly string[];
  readonly refused: readonly string[];
  /** Did a guard or an action throw? */
  readonly threw: boolean;
}

/** What a search has seen. */
export interface Exploration {
  readonly roots: readonly Node[];
  readonly covered: ReadonlySet<string>;
  /** The transitions whose guards did not hold at some time. */
  readonly refused: ReadonlySet<string>;
  /** The states that were active at some time, those passed through included. */
  readonly visited: ReadonlySet<string>;
  readonly situations: number;
  readonly steps: number;
  readonly complete: boolean;
  readonly restless: readonly string[];
}

/** How far a search goes. */
export interface Bounds {
  readonly limit: number;
  readonly depth: number;
  readonly now: number;
  /** Milliseconds to let pass before an event; undefined: time passes only until timers fire. */
  readonly waits: readonly number[] | undefined;
  /** May an instance begin with any context that the schema takes, rather than with the usual one? */
  readonly anyContext: boolean;
  /** How many values are tried for one input in one situation. */
  readonly candidates: number;
  /** How many transitions there are. */
  readonly goal: number;
}

// Once everything is covered, a little more is looked at: what follows may make paths fewer.
const extra = 3000;

/** Tries out a machine, breadth first. Situations that differ in nothing that matters count as one. */
export function explore(world: World, bounds: Bounds): Exploration {
  const { machine, instrumented, relevance, instanceId } = world;
  const relevant = relevance.context;
  const nodes = new Map<string, Node>();
  const covered = new Set<string>();
  const refused = new Set<string>();
  const visited = new Set<string>();
  const restless = new Set<string>();
  const queue: Node[] = [];
  let steps = 0;
  let limit = bounds.limit;
  let complete = true;

  const attempt = (what: string, step: () => MachineStep): ReturnType<World['watch']> | undefined => {
    steps++;
    try {
      const result = world.watch(step);
      for (const at of result.taken) covered.add(at);
      for (const at of result.refused) refused.add(at);
      if (covered.size === bounds.goal) limit = Math.min(limit, steps + extra);
      return result;
    } catch {
      // A thousand microsteps were taken to find that out.
      steps += 100;
      restless.add(what);
      return undefined;
    } finally {
      for (const state of world.entered()) visited.add(state);
    }
  };
  const reach = (
    situation: Situation,
    depth: number,
    via: (to: Node) => Edge | undefined,
    start: Node['start'],
  ): Node => {
    const key = keyOf(situation, relevant);
    const known = nodes.get(key);
    if (known !== undefined) return known;
    // The edge that leads here needs the node, and the node its edge.
    const node: { -readonly [K in keyof Node]: Node[K] } = { situation, depth, edges: [], via: undefined, start };
    node.via = via(node);
    nodes.set(key, node);
    queue.push(node);
    return node;
  };
  const contexts = world.contexts.list(relevance, bounds.candidates);
  const usual = bounds.anyContext ? contexts : contexts.slice(0, world.givenContexts);
  const roots = usual.flatMap(({ written, value: context }) => {
    instrumented.current = undefined;
    const started = attempt('the start', () => machine.start(context, { instanceId, now: bounds.now }));
    if (started === undefined) return [];
    const { step, taken, refused } = started;
    const situation = after(undefined, step.snapshot, step.effects, bounds.now);
    return [
      reach(situation, 0, () => undefined, {
        written,
        context,
        expect: expectation(step, { taken, refused, before: {} }),
      }),
    ];
  });

  const follow = (from: Node, opportunity: Opportunity, payload: unknown, known: Set<string>): void => {
    const before = without(from.situation, opportunity);
    const { event } = opportunity;
    instrumented.current = { root: event, payload };
    const { snapshot, now } = before;
    const tried = attempt(`'${event}' in ${snapshot.state.join(' and ')}`, () =>
      machine.send(snapshot, { name: event, payload }, { instanceId, now }),
    );
    if (tried === undefined) return;
    const { step, taken, refused } = tried;
    const situation = after(before, step.snapshot, step.effects, now);
    const edge = (to: Node): Edge => ({
      from,
      to,
      opportunity,
      payload,
      taken,
      refused,
      threw: step.errors.length > 0,
    });
    const to = reach(situation, from.depth + 1, edge, undefined);
    const same = `${event} ${opportunity.wait} ${taken.join()} ${refused.join()} ${keyOf(situation, relevant)}`;
    if (to === from && taken.length === 0 && refused.length === 0) return;
    if (known.has(same)) return;
    known.add(same);
    from.edges.push(
      to.via?.from === from && to.via.opportunity === opportunity && to.via.payload === payload ? to.via : edge(to),
    );
  };
  for (let index = 0; index < queue.length; index++) {
    const node = queue[index] as Node;
    const { situation } = node;
    if (node.depth >= bounds.depth) {
      complete = false;
      continue;
    }
    const known = new Set<string>();
    const events = situation.snapshot.status === 'done' ? [] : machine.available(situation.snapshot);
    for (const opportunity of opportunities(situation, events, bounds.waits)) {
      const payloads =
        opportunity.scheduled === undefined
          ? (world.inputs(opportunity.event)?.list(relevance, bounds.candidates) ?? [])
          : [{ value: opportunity.scheduled.event.payload }];
      for (const { value: payload } of payloads) {
        if (steps < limit) follow(node, opportunity, payload, known);
        else complete = false;
      }
    }
    if (steps < limit) continue;
    if (index < queue.length - 1) complete = false;
    break;
  }
  return { roots, covered, refused, visited, situations: nodes.size, steps, complete, restless: [...restless] };
}

/** What a step says, as an expectation. */
export function expectation(
  { snapshot, effects, errors }: MachineStep,
  more: { readonly taken: readonly string[]; readonly refused: readonly string[]; readonly before: unknown },
): Expectation {
  return {
    state: snapshot.state,
    taken: more.taken,
    ...(more.refused.length > 0 && { refused: more.refused }),
    asked: effects.map(effectText),
    changed: changesOf(more.before, snapshot.context),
    ...(errors.length > 0 && { errors: errors.map(({ message, at }) => `${at}: ${message}`) }),
  };
}

/** What a step shows: the transitions that it takes, and, with a mark, those whose guards do not hold. */
export function shownBy({ taken, refused = [] }: Pick<Expectation, 'taken' | 'refused'>): readonly string[] {
  return [...taken, ...refused.map((at) => `!${at}`)];
}
