import { plant } from '../../machine/interpreter/tree.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import { chainTo, chooseChains, edgesFrom, type Chain } from './choose.ts';
import { expectation, explore, type Bounds, type Exploration } from './explore.ts';
import type { PathOptions, TransitionPath, TransitionPaths } from './types.ts';
import { whyNot } from './why.ts';
import { worldOf, type World } from './world.ts';

/** 2026-01-01, as the simulated clock has it. */
const start = Date.UTC(2026, 0, 1);

/**
 * Finds a small set of paths (a context, then events with payloads, timers, ends of work) that together take every
 * transition of a machine: every alternative of every guarded list, `always`, `after`, `onDone` and `onError`. What no
 * path takes is listed with the reason. The machine is tried out, breadth first, by its own lambdas and schemas; the
 * same system and options always give the same paths.
 *
 * The system must be loaded from its source, since a compiled machine does not tell which transitions it takes.
 *
 * @throws PathError MR1800 there is no such machine, MR1801 it is compiled, MR1803 no context to begin with was found,
 * MR1804 a given payload does not fit.
 * @example
 * ```ts
 * import { loadSystemFromDsl } from 'millrace/source';
 * import { transitionPaths } from 'millrace/testing';
 *
 * const system = await loadSystemFromDsl('orders.dsl.ts', { live: true });
 * const { paths, covered, uncovered } = transitionPaths(system, 'order', {
 *   payloads: { orderCancelled: [{ orderId: 'o-1', reason: 'fraud' }] },
 * });
 * ```
 */
export function transitionPaths(system: BoundSystem, machine: string, options: PathOptions = {}): TransitionPaths {
  const world = worldOf(system, machine, options);
  const { definition, instanceId } = world;
  const transitions = plant(definition).states.flatMap((state) => [...state.transitions, ...state.always]);
  const { limit = 20_000, depth = 30 } = options;
  const bounds = { limit, depth, now: start, goal: transitions.length };
  const exploration = exploreAll(world, bounds, options.candidates);

  const replayed = chooseChains(exploration).map((chain) => replay(world, chain));
  const reached = new Set(replayed.flatMap(takenBy));
  for (const edge of edgesFrom(exploration.roots)) {
    // Two situations that counted as one differed after all: the way on which it was seen is exact.
    if (edge.taken.every((at) => reached.has(at))) continue;
    const path = replay(world, chainTo(edge));
    replayed.push(path);
    for (const at of takenBy(path)) reached.add(at);
  }

  const covered = new Set<string>();
  const paths = replayed.map((path): TransitionPath => {
    const covers = [...new Set(takenBy(path))].filter((at) => !covered.has(at));
    for (const at of covers) covered.add(at);
    return { ...path, covers };
  });
  const { situations, steps, complete, restless } = exploration;
  return {
    machine: definition.name,
    hash: definition.hash,
    instanceId,
    now: start,
    paths,
    covered: transitions.filter(({ at }) => covered.has(at)).map(({ at }) => at),
    uncovered: transitions
      .filter(({ at }) => !covered.has(at))
      .map((transition) => {
        const { at: place } = transition.definition as { readonly at?: string };
        const why = whyNot(transition, world, exploration);
        return { transition: transition.at, why, ...(place !== undefined && { at: place }) };
      }),
    search: { situations, steps, complete, restless },
  };
}

/** Explores; then, as long as something is missing, also with time passing in between, and with more values. */
function exploreAll(
  world: World,
  bounds: Omit<Bounds, 'waits' | 'candidates'>,
  given: number | undefined,
): Exploration {
  const readsTime = world.instrumented.codes.some((code) => /\bnow\b/.test(code));
  const spans = world.constants.numbers.filter((number) => number >= 1000).flatMap((span) => [span, span + 1]);
  const attempts: Pick<Bounds, 'waits' | 'candidates'>[] = [
    { candidates: given ?? 32, waits: undefined },
    ...(given === undefined ? [{ candidates: 400, waits: undefined }] : []),
    { candidates: given ?? 32, waits: readsTime ? spans : [] },
  ];
  let best: Exploration | undefined;
  for (const attempt of attempts) {
    const exploration = untilSettled(world, { ...bounds, ...attempt });
    if (best === undefined || exploration.covered.size > best.covered.size) best = exploration;
    if (best.covered.size === bounds.goal) break;
  }
  return best as Exploration;
}

function untilSettled(world: World, bounds: Bounds): Exploration {
  for (let round = 1; ; round++) {
    const { version } = world.relevance;
    const exploration = explore(world, bounds);
    if (exploration.covered.size === bounds.goal || world.relevance.version === version) return exploration;
    if (round === 20) return { ...exploration, complete: false };
  }
}

/** Takes a chain once more from its start: what is expected is what happens on this very path. */
function replay(world: World, { root, edges }: Chain): Omit<TransitionPath, 'covers'> {
  const { machine, instanceId } = world;
  const context = root.start?.context;
  let now = start;
  const begun = world.watch(() => machine.start(context, { instanceId, now }));
  let { step } = begun;
  const steps = edges.map(({ opportunity: { kind, event, wait }, payload }) => {
    now += wait;
    const taken = world.watch(() => machine.send(step.snapshot, { name: event, payload }, { instanceId, now }));
    step = taken.step;
    const expect = expectation(step, taken.taken);
    return { kind, event, ...(payload !== undefined && { payload }), wait, expect };
  });
  const { status, context: end, output } = step.snapshot;
  return {
    context: root.start?.written,
    start: expectation(begun.step, begun.taken),
    steps,
    end: { status, context: end, ...(output !== undefined && { output }) },
  };
}

function takenBy({ start, steps }: Pick<TransitionPath, 'start' | 'steps'>): readonly string[] {
  return [start, ...steps.map(({ expect }) => expect)].flatMap(({ taken }) => taken);
}
