import type { BoundSystem } from '../../tasks/index.ts';
import { chainTo, chooseChains, edgesFrom, type Chain } from './choose.ts';
import { expectation, explore, shownBy, type Bounds, type Exploration } from './explore.ts';
import type { PathOptions, TransitionPath, TransitionPaths } from './types.ts';
import { whyNot } from './why.ts';
import { transitionsOf, worldOf, type World } from './world.ts';

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
  const transitions = transitionsOf(definition);
  const { limit = 20_000, depth = 1000 } = options;
  const bounds = { limit, depth, now: start, goal: transitions.length };
  const exploration = exploreAll(world, bounds, options.candidates);

  const replayed = chooseChains(exploration).map((chain) => replay(world, chain));
  const reached = new Set(replayed.flatMap(shown));
  for (const edge of edgesFrom(exploration.roots)) {
    // Two situations that counted as one differed after all: the way on which it was seen is exact.
    if (shownBy(edge).every((at) => reached.has(at))) continue;
    const path = replay(world, chainTo(edge));
    replayed.push(path);
    for (const at of shown(path)) reached.add(at);
  }

  const covered = new Set<string>();
  const paths = replayed.map((path): TransitionPath => {
    const fresh = [...new Set(shown(path))].filter((at) => !covered.has(at));
    for (const at of fresh) covered.add(at);
    const [refuses, covers] = [fresh.filter(isRefusal), fresh.filter((at) => !isRefusal(at))];
    return { ...path, covers, refuses: refuses.map((at) => at.slice(1)) };
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
    unrefused: transitions
      .filter(({ at, definition: { guard } }) => guard !== undefined && covered.has(at) && !covered.has(`!${at}`))
      .map(({ at }) => at),
    search: { situations, steps, complete, restless },
  };
}

/** Explores; then, as long as something is missing, with more values, other contexts, and time passing in between. */
function exploreAll(
  world: World,
  bounds: Pick<Bounds, 'limit' | 'depth' | 'now' | 'goal'>,
  given: number | undefined,
): Exploration {
  const readsTime = world.instrumented.codes.some((code) => /\bnow\b/.test(code));
  const spans = world.constants.numbers.filter((number) => number >= 1000).flatMap((span) => [span, span + 1]);
  const usual = { candidates: given ?? 32, waits: undefined, anyContext: false };
  const attempts: Pick<Bounds, 'waits' | 'candidates' | 'anyContext'>[] = [
    usual,
    ...(given === undefined ? [{ ...usual, candidates: 400 }] : []),
    { ...usual, waits: readsTime ? spans : [] },
    { ...usual, anyContext: true },
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
    if (world.relevance.version === version) return exploration;
    if (round === 10) return { ...exploration, complete: false };
  }
}

/** Takes a chain once more from its start: what is expected is what happens on this very path. */
function replay(world: World, { root, edges }: Chain): Omit<TransitionPath, 'covers' | 'refuses'> {
  const { machine, instanceId } = world;
  const context = root.start?.context;
  let now = start;
  const begun = world.watch(() => machine.start(context, { instanceId, now }));
  let { step } = begun;
  const steps = edges.map(({ opportunity: { kind, event, wait }, payload }) => {
    now += wait;
    const before = step.snapshot.context;
    const taken = world.watch(() => machine.send(step.snapshot, { name: event, payload }, { instanceId, now }));
    step = taken.step;
    const expect = expectation(step, { ...taken, before });
    return { kind, event, ...(payload !== undefined && { payload }), wait, expect };
  });
  const { status, context: end, output } = step.snapshot;
  return {
    context: root.start?.written,
    start: expectation(begun.step, { ...begun, before: {} }),
    steps,
    end: { status, context: end, ...(output !== undefined && { output }) },
  };
}

function shown({ start, steps }: Pick<TransitionPath, 'start' | 'steps'>): readonly string[] {
  return [start, ...steps.map(({ expect }) => expect)].flatMap(shownBy);
}

const isRefusal = (shown: string): boolean => shown.startsWith('!');
