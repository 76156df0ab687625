import fc from 'fast-check';
import { aliases, contexts, delays, guards, randomActions, values, type Payload } from './random-actions.ts';
import type { Go, MachineSketch, StateSketch, TransitionSketch } from './sketch.ts';

// Errors are seldom listened to: a handler that fails itself never comes to rest.
const descriptors = [...aliases, ...aliases, ...aliases, 'p.*', 'p.*', '*', 'error.execution', 'error.*', 'unheard'];

/** Machines without parallel states, and with them. */
interface Kind {
  readonly regions: boolean;
}
interface Shape {
  readonly children: readonly Shape[];
  readonly final: boolean;
}
const shape: fc.Arbitrary<Shape> = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.record({
    children: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      fc.constant([]),
      fc.array(tie('shape'), { minLength: 1, maxLength: 3 }),
    ),
    final: fc.integer({ min: 0, max: 6 }).map((n) => n === 0),
  }),
})).shape;

/** Machines with hierarchy and everything in it that the compiler prints; `b` decides what a random one looks like. */
export const randomMachine = ({ regions }: Kind): fc.Arbitrary<MachineSketch> =>
  fc
    .tuple(fc.array(shape, { minLength: 2, maxLength: 4 }), fc.infiniteStream(fc.nat({ max: 9999 })))
    .map(([shapes, stream]) => build(shapes, () => stream.next().value as number, regions));

function build(shapes: readonly Shape[], next: () => number, regions: boolean): MachineSketch {
  const names: string[] = [];
  const below = new Map<string, string[]>();
  const parallel = new Set<string>();
  const around = new Map<string, readonly string[]>();
  const count = (list: readonly Shape[], outer: readonly string[]): string[] =>
    list.flatMap((each) => {
      const name = `s${names.length}`;
      names.push(name);
      around.set(name, outer);
      if (regions && each.children.length > 1 && next() % 3 > 0) parallel.add(name);
      const inner = count(each.children, [...outer, name]);
      below.set(name, inner);
      return [name, ...inner];
    });
  count(shapes, []);
  // Two targets are legal when the smallest state around both is a parallel one.
  const legal = (one: string, other: string): boolean => {
    const [a, b] = [around.get(one) ?? [], around.get(other) ?? []];
    const shared = a.findLast((name) => b.includes(name));
    return shared !== undefined && parallel.has(shared) && !b.includes(one) && !a.includes(other) && one !== other;
  };

  const chance = (percent: number): boolean => next() % 100 < percent;
  const pick = <T>(list: readonly T[]): T => list[next() % list.length] as T;
  const some = <T>(max: number, make: () => T): T[] => Array.from({ length: next() % (max + 1) }, make);
  const action = randomActions({ next, names });
  const targets = (among: readonly string[]): string | readonly string[] => {
    const [one, other] = [pick(among), pick(among)];
    return legal(one, other) ? [one, other] : one;
  };
  const transition = (payload: Payload, guarded: number): TransitionSketch => ({
    ...(chance(85) ? { target: targets(names) } : {}),
    ...(chance(guarded) ? { guard: pick(guards(payload, pick(names))) } : {}),
    ...(chance(25) ? { internal: true } : {}),
    actions: some(2, () => action(payload)),
  });
  const go = (payload: Payload, guarded = 50): Go =>
    Array.from({ length: 1 + (next() % 2) }, () => transition(payload, guarded));

  let used = 0;
  const state = ({ children, final }: Shape, isRegion = false): StateSketch => {
    const name = names[used++] as string;
    const states = Object.fromEntries(children.map((child) => [names[used], state(child, parallel.has(name))]));
    const inner = below.get(name) as string[];
    const blocks = {
      ...(chance(40) ? { entry: some(2, () => action(undefined)) } : {}),
      ...(chance(40) ? { exit: some(2, () => action(undefined)) } : {}),
    };
    if (final && children.length === 0 && !isRegion)
      return { ...blocks, type: 'final', ...(chance(50) ? { output: pick(values(undefined, pick(names))) } : {}) };
    return {
      ...blocks,
      ...(chance(10) ? { context: pick(contexts) } : {}),
      states,
      ...(parallel.has(name)
        ? { type: 'parallel' }
        : inner.length > 0 && chance(60)
          ? { initial: targets(inner) }
          : {}),
      on: Object.fromEntries(some(6, () => [pick(descriptors), go('event')])),
      ...(chance(8) ? { always: go(undefined, 100) } : {}),
      ...(chance(25)
        ? {
            after: {
              '5s': go(undefined),
              ...(chance(40)
                ? {
                    [pick(delays)]: go(undefined),
                  }
                : {}),
            },
          }
        : {}),
      ...(chance(25)
        ? {
            run: [
              {
                id: `r.${name}`,
                ...(chance(60) ? { input: pick(values(undefined, pick(names))) } : {}),
                ...(chance(60) ? { onDone: go('output') } : {}),
                ...(chance(60) ? { onError: go('error') } : {}),
              },
            ],
          }
        : {}),
      ...(children.length > 0 && chance(40) ? { onDone: go('output') } : {}),
    };
  };
  const states = Object.fromEntries(shapes.map((each) => [names[used], state(each)]));
  return {
    events: aliases,
    initial: pick(parallel.size > 0 && chance(80) ? [...parallel] : chance(70) ? Object.keys(states) : names),
    states,
  };
}

/** Events for a machine of `randomMachine`: declared, reserved and unknown ones. */
export const randomEvents: fc.Arbitrary<readonly { readonly name: string; readonly payload: unknown }[]> = fc.array(
  fc.record({
    name: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...aliases) },
      { weight: 1, arbitrary: fc.constantFrom('unheard', 'p.q', 'error.execution', 'toString') },
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.constantFrom('done.run.r.', 'error.run.r.'), fc.nat({ max: 12 }))
          .map(([prefix, n]) => `${prefix}s${n}`),
      },
      {
        weight: 3,
        arbitrary: fc.tuple(fc.nat({ max: 12 }), fc.nat({ max: 1 })).map(([n, index]) => `after.s${n}.${index}`),
      },
    ),
    payload: fc.oneof(fc.record({ k: fc.nat({ max: 3 }) }), fc.nat({ max: 3 }), fc.constant(undefined)),
  }),
  { minLength: 1, maxLength: 12 },
);
