import fc from 'fast-check';
import type { ActionSketch, Go, MachineSketch, RunSketch, StateSketch, TransitionSketch } from './sketch.ts';

const events = ['a', 'b', 'c', 'd'];
const fits = ['({ n }) => n % 2 === 0', '({ n }) => { if (n > 2) throw new Error("schema"); return true; }'];
const outputs = ['({ context }) => context.n', '({ context }) => context.n', '() => { throw new Error("value") }'];
const descriptors = ['a', 'a', 'b', 'b', 'c', 'd', '*', 'x.*', 'error.execution'];

/** Names that mean something elsewhere: in generated code, in objects, in the language, or that no variable can have. */
const oddNames = (
  'event output error item index context constructor toString __proto__ hasOwnProperty m m_ state states queue done in default ' +
  'class program step enter at taken name Map é 中 a.b a-b a_b aB 1x $'
).split(' ');

/** A state before it is written down. */
interface Plan {
  readonly name: string;
  readonly type: 'leaf' | 'compound' | 'parallel' | 'final' | 'history';
  readonly parent: Plan | undefined;
  readonly children: Plan[];
}

/**
 * Machines whose structure is what matters: regions in regions, histories, several targets, transitions into other
 * regions. In most of them entries, exits and transitions say what they are, and only these traces tell one order from
 * another; in some they do not, since code that has nothing to do is printed in another way. All lambdas pass the type
 * checker.
 */
export const randomStructure: fc.Arbitrary<MachineSketch> = fc
  .tuple(fc.constantFrom(1, 2, 2, 2, 3), fc.integer({ min: 0, max: 0x7fffffff }))
  .map(([depth, seed]) => build(depth, mulberry(seed)));

function build(depth: number, random: () => number): MachineSketch {
  const below = (count: number): number => Math.floor(random() * count);
  const chance = (percent: number): boolean => random() * 100 < percent;
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const some = <T>(max: number, make: () => T): T[] => Array.from({ length: below(max + 1) }, make);

  const all: Plan[] = [];
  const nameOf = (letter: string): string => {
    const odd = pick(oddNames);
    return chance(25) && all.every(({ name }) => name !== odd) ? odd : `${letter}${all.length}`;
  };
  const plan = (level: number, parent: Plan | undefined, isFirst: boolean): Plan => {
    const isRegion = parent?.type === 'parallel';
    const leaf = level <= 0 || chance(isRegion ? 10 : 35);
    const type = leaf ? (!isRegion && !isFirst && chance(20) ? 'final' : 'leaf') : chance(45) ? 'parallel' : 'compound';
    const made: Plan = { name: nameOf('s'), type, parent, children: [] };
    all.push(made);
    const count = type === 'parallel' ? 2 + below(2) : type === 'compound' ? 1 + below(3) : 0;
    const remember = (): void => {
      const history: Plan = { name: nameOf('h'), type: 'history', parent: made, children: [] };
      all.push(history);
      made.children.push(history);
    };
    if (count > 0 && chance(10)) remember();
    for (let index = 0; index < count; index += 1) made.children.push(plan(level - 1, made, index === 0));
    if (count > 0 && chance(35)) remember();
    return made;
  };
  const roots = Array.from({ length: 1 + below(3) }, (_, index) => plan(depth, undefined, index === 0));

  const lineage = (state: Plan): readonly Plan[] => (state.parent ? [...lineage(state.parent), state] : [state]);
  const isBelow = (state: Plan, outer: Plan): boolean => state !== outer && lineage(state).includes(outer);
  const stands = (state: Plan): Plan => (state.type === 'history' ? (state.parent as Plan) : state);
  const areTogether = (one: Plan, other: Plan): boolean => {
    const [a, b] = [stands(one), stands(other)];
    const shared = lineage(a).findLast((each) => lineage(b).includes(each));
    return shared?.type === 'parallel' && shared !== a && shared !== b;
  };
  const targetsAmong = (among: readonly Plan[]): readonly string[] => {
    const found = [pick(among)];
    while (chance(45)) {
      const other = pick(among);
      if (found.every((each) => areTogether(each, other))) found.push(other);
    }
    return found.map(({ name }) => name);
  };

  // How often the entries, the exits and the transitions of this machine say what they are.
  const bare = chance(20);
  const loud = (): number => (bare ? pick([100, 0, 0]) : pick([100, 100, 50, 0]));
  const talk = { '+': loud(), '-': loud(), t: loud() };
  const mark = (kind: keyof typeof talk, name: string | number): readonly ActionSketch[] =>
    chance(talk[kind]) ? [['emit', `${kind}${name}`]] : [];
  // Where nobody asks which states are active, several regions may be printed as one thing after the other.
  const blind = bare || chance(40);
  const looks = !blind && chance(40);
  const actions = (): readonly ActionSketch[] => {
    if (bare || chance(88)) return [];
    const own: ActionSketch[] = [['assign', '({ context }) => ({ n: context.n + 1 })']];
    if (looks) own.push(['assign', `({ in: isIn }) => ({ n: isIn("${pick(all).name}") ? 1 : 2 })`]);
    if (chance(30)) own.push(['raise', pick(events)]);
    if (chance(15)) own.push(['assign', '() => { throw new Error("action") }']);
    return [pick(own)];
  };
  const guards = (): string =>
    pick([
      '({ context }) => context.n % 2 === 0',
      '({ context, now }) => context.n < now',
      '() => true',
      '() => false',
      '() => { throw new Error("guard") }',
      ...(blind ? [] : [`({ in: isIn }) => isIn("${pick(all).name}")`, `({ in: isIn }) => !isIn("${pick(all).name}")`]),
    ]);
  let count = 0;
  // Half of them stay in their region: only then several regions go at the same time.
  const near = (state: Plan): readonly Plan[] => {
    const region = lineage(state).findLast(({ parent }) => parent?.type === 'parallel');
    const inside = all.filter((each) => region !== undefined && isBelow(each, region));
    return inside.length > 0 && chance(55) ? inside : all;
  };
  const transition = (source: Plan, guarded: number): TransitionSketch => ({
    ...(chance(80) ? { target: targetsAmong(near(source)) } : {}),
    ...(chance(bare ? 0 : guarded) ? { guard: guards() } : {}),
    ...(chance(25) ? { internal: true } : {}),
    actions: [...mark('t', count++), ...actions()],
  });
  const work = (name: string, go: () => Go): RunSketch => ({
    id: `r.${name}`,
    ...(chance(50) ? { input: pick(outputs) } : {}),
    onDone: go(),
    ...(chance(50) ? { onError: go() } : {}),
  });
  const write = (state: Plan): StateSketch => {
    const go = (guarded = 35): Go => Array.from({ length: 1 + below(2) }, () => transition(state, guarded));
    const { name, type, children } = state;
    if (type === 'history') {
      const inside = all.filter(
        (each) => isBelow(each, state.parent as Plan) && each.parent?.children.includes(state) !== true,
      );
      const siblings = (state.parent as Plan).children.filter((each) => each.type !== 'history');
      return { type, history: pick(['shallow', 'deep']), initial: targetsAmong([...inside, ...siblings]) };
    }
    const common = {
      ...(chance(bare ? 0 : 4) ? { context: pick(fits) } : {}),
      entry: [...mark('+', name), ...actions()],
      exit: [...mark('-', name), ...actions()],
    };
    if (type === 'final') return { ...common, type, ...(chance(40) ? { output: pick(outputs) } : {}) };
    const inside = all.filter((each) => isBelow(each, state));
    return {
      ...common,
      ...(type === 'parallel' ? { type } : {}),
      ...(type === 'compound' && chance(60) ? { initial: targetsAmong(inside) } : {}),
      on: Object.fromEntries(some(4, () => [pick(blind ? events : descriptors), go()])),
      ...(chance(bare ? 0 : 6) ? { always: go(100) } : {}),
      ...(chance(bare ? 0 : 10) ? { after: { '5s': go() } } : {}),
      ...(chance(bare ? 0 : 10)
        ? { run: [name, ...some(1, () => `${name}.${count++}`)].map((id) => work(id, go)) }
        : {}),
      ...(children.length > 0 && chance(blind ? 0 : 50) ? { onDone: go() } : {}),
      states: Object.fromEntries(children.map((child) => [child.name, write(child)])),
    };
  };
  const states = Object.fromEntries(roots.map((root) => [root.name, write(root)]));
  return {
    events,
    initial: chance(50) ? (roots[0] as Plan).name : targetsAmong(all.filter(({ type }) => type !== 'final')),
    states,
  };
}

/** Twenty events for such a machine. */
export const randomWalk: fc.Arbitrary<readonly { readonly name: string; readonly payload: unknown }[]> = fc.array(
  fc
    .oneof(
      { weight: 12, arbitrary: fc.constantFrom(...events) },
      { weight: 1, arbitrary: fc.constantFrom('x.y', 'unheard') },
      { weight: 2, arbitrary: fc.nat({ max: 12 }).map((n) => `after.s${n}.0`) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom('done', 'error'), fc.nat({ max: 12 }))
          .map(([end, n]) => `${end}.run.r.s${n}`),
      },
    )
    .map((name) => ({ name, payload: undefined })),
  { minLength: 20, maxLength: 20 },
);

/** A small random generator: the same numbers for the same seed. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
