import fc from 'fast-check';
import type { ActionSketch, MachineSketch } from './sketch.ts';

export const aliases = ['a', 'b', 'c', 'p', 'p.x', 'p.y'];

export type Payload = 'event' | 'output' | 'error' | undefined;

// Each pool has lambdas that can be put in place, that cannot, and that throw.
export const guards = (payload: Payload, state: string): readonly string[] => [
  '({ context }) => context.n % 2 === 0',
  '({ context, now }) => context.n < now',
  '() => false',
  '() => true',
  '({ context }) => context.missing.deep',
  '() => { throw new Error("guard") }',
  '(scope) => scope.context.n > 2',
  `({ in: isIn, context: { n } }) => isIn("${state}") || n > 3`,
  ...(payload === undefined
    ? []
    : [`({ ${payload} }) => ${payload}.k > 1`, `({ context, ${payload} }) => context.n === ${payload}`]),
];
const assigns = (payload: Payload, state: string): readonly string[] => [
  '({ context }) => ({ n: context.n + 1 })',
  '() => ({ n: 0 })',
  '({ context, now, instanceId }) => ({ ...context, m: [now, instanceId] })',
  '({ context }) => ({ n: context.missing.deep })',
  '({ context }) => context.n > 3 ? { n: 1 } : { q: context.n }',
  `({ in: isIn }) => ({ in: isIn("${state}") })`,
  '(scope) => { const n = scope.context.n; return { n: n + 2 }; }',
  ...(payload === undefined
    ? []
    : [`({ ${payload} }) => ({ last: ${payload} })`, `({ ${payload} }) => ({ k: ${payload}.k })`]),
];
export const values = (payload: Payload, state: string): readonly string[] => [
  '({ context }) => ({ n: context.n })',
  '() => 7',
  `({ in: isIn }) => isIn("${state}")`,
  '({ context }) => context.missing.deep',
  ...(payload === undefined
    ? []
    : [`({ ${payload} }) => ${payload}`, `({ ${payload}, context }) => [${payload}.k, context.n]`]),
];
const kinds = [
  'assign',
  'assign',
  'assign',
  'emit',
  'emit',
  'raise',
  'start',
  'send',
  'cancel',
  'when',
  'when',
  'forEach',
  'forEach',
] as const;

/** Inside a `forEach` the lambdas see what it goes through. */
const inRounds: readonly string[] = [
  '({ item }) => item',
  '({ item, index, context }) => [item, index, context.n]',
  '(scope) => [scope.item, scope.index]',
  '({ item }) => item.k.deep',
];
const lists = (payload: Payload, inside: boolean): readonly string[] => [
  '({ context }) => context.list ?? []',
  '({ context }) => context.m ?? []',
  '() => [1, 2, 3]',
  '({ context }) => context.n',
  '({ context }) => context.missing.deep',
  '(scope) => [scope.context.n, { k: 1 }]',
  ...(inside ? ['({ item }) => item', '({ item, index }) => [item, index]', '({ item, index }) => [index, item]'] : []),
  ...(payload === undefined ? [] : [`({ ${payload} }) => ${payload}.list ?? []`]),
];
export const delays = [
  '({ context }) => context.n * 10',
  '() => "2m"',
  '({ context }) => context.missing.deep',
  '() => -1',
];
const ids = [
  'later',
  'soon',
  '({ context }) => `no.${context.n}`',
  '() => "after.s0.0"',
  '(scope) => scope.context.id',
];
const receivers = [
  '#parent',
  '#r.s1',
  'other',
  '({ instanceId }) => `other/${instanceId}`',
  '({ context }) => context.id',
];
export const contexts = [
  '({ n }) => n % 2 === 0',
  '({ n }) => n < 3',
  '() => true',
  '({ missing }) => missing.deep',
  '({ n }) => Promise.resolve(n)',
];

interface Source {
  /** Decides what a random action looks like. */
  readonly next: () => number;
  /** The states of the machine. */
  readonly names: readonly string[];
  /** How often, of a hundred times, something is taken that does not fail. */
  readonly tame?: number;
}
type RandomAction = (payload: Payload, depth?: number, inside?: boolean) => ActionSketch;

/** Makes actions for places whose lambdas see this payload. */
export function randomActions({ next, names, tame = 0 }: Source): RandomAction {
  const chance = (percent: number): boolean => next() % 100 < percent;
  const pick = <T>(list: readonly T[]): T => list[next() % list.length] as T;
  // What fails ends its block: where most things do, little happens.
  const lambda = (pool: readonly string[]): string =>
    pick(chance(tame) ? pool.filter((text) => !/missing|throw|deep|-1|after|context\.id/.test(text)) : pool);
  const some = <T>(max: number, make: () => T): T[] => Array.from({ length: next() % (max + 1) }, make);
  const action: RandomAction = (payload, depth = 0, inside = false) => {
    const kind = inside && depth < 2 && chance(30) ? 'forEach' : pick(kinds);
    const block = (inRound: boolean): readonly ActionSketch[] => some(2, () => action(payload, depth + 1, inRound));
    const value = (): string => lambda(inside && chance(60) ? inRounds : values(payload, pick(names)));
    switch (kind) {
      case 'when':
        if (depth > 1) return ['emit', 'deep'];
        return [kind, lambda(guards(payload, pick(names))), block(inside), chance(50) ? block(inside) : []];
      case 'forEach':
        if (depth > 1) return ['emit', 'deep'];
        return [kind, lambda(lists(payload, inside)), block(true)];
      case 'assign':
        if (inside && chance(40))
          return [kind, pick(['({ item, index }) => ({ n: index, last: item })', '({ index }) => ({ q: index })'])];
        return [kind, chance(10) ? '() => ({ list: [1, { k: 2 }, [3]] })' : lambda(assigns(payload, pick(names)))];
      case 'cancel':
        return [kind, lambda(ids)];
      case 'send':
        return [
          kind,
          pick([...aliases, 'unheard']),
          chance(20) ? undefined : value(),
          {
            ...(chance(40) ? { id: lambda(ids) } : {}),
            ...(chance(50) ? { delay: lambda(['5s', ...delays]) } : {}),
            ...(chance(30) ? { target: lambda(receivers) } : {}),
          },
        ];
      default: {
        if (kind === 'raise' && chance(85)) return ['emit', 'plain'];
        const name = kind === 'raise' ? pick([...aliases, 'unheard']) : 'out';
        return chance(20) ? [kind, name] : [kind, name, value()];
      }
    }
  };
  return action;
}

/** Machines in which little but actions happens: long blocks, with lists and conditions in each other. */
export const randomBlocks: fc.Arbitrary<MachineSketch> = fc.infiniteStream(fc.nat({ max: 9999 })).map((stream) => {
  const next = (): number => stream.next().value as number;
  const action = randomActions({ next, names: ['s0', 's1'], tame: 85 });
  const block = (payload: Payload): { readonly actions: readonly ActionSketch[] } => ({
    actions: Array.from({ length: 1 + (next() % 4) }, () => action(payload)),
  });
  const context = contexts[next() % contexts.length] as string;
  return {
    events: aliases,
    initial: 's0',
    states: {
      s0: { on: { a: block('event'), b: block('event'), c: { target: 's1', ...block('event') } } },
      s1: {
        context,
        entry: block(undefined).actions,
        exit: block(undefined).actions,
        on: { c: { target: 's0', ...block('event') } },
      },
    },
  };
});
