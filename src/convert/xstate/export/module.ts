import { usedNames } from '../../../model/hash/uses.ts';
import type { StateNode } from '../../../model/index.ts';
import { userCode } from '../../../model/text/code.ts';
import { declarationTexts, importLines } from '../../../model/text/declarations.ts';
import { hard, join, object, objectLines, print, type Doc } from '../../../model/text/doc.ts';
import { camelCase, freeName, propertyKey, quote } from '../../../model/text/names.ts';
import type { Code, Exporting, Tree } from './exporting.ts';
import { adapted, delayOf, implementation } from './implementations.ts';

/** The module: what the lambdas need, the implementations, and the configuration. */
export function moduleText(to: Exporting, config: Tree): string {
  const { machine, model } = to;
  const creators = new Set<string>(['setup']);
  const note = (creator: string): void => void creators.add(creator);
  const implementations = [
    ['guards', [...to.guards].map(([name, node]) => [propertyKey(name), ': ', guard(to, node, note)])],
    ['actions', [...to.actions].map(([name, node]) => [propertyKey(name), ': ', implementation(node, note)])],
    ['delays', [...to.delays].map(([name, node]) => [propertyKey(name), ': ', delayOf(node, note)])],
    ['actors', [...to.actors].map(([name, { kind }]) => [propertyKey(name), ': ', actor(kind, name, note)])],
  ] as const;
  const provided = implementations.flatMap(([name, members]): Doc[] =>
    members.length === 0 ? [] : [[`${name}: `, objectLines(members)]],
  );
  const helpers = ['eventOf', 'milliseconds'].filter((name) => creators.delete(name));
  const names = usedNames(model, { ...machine, states: machine.states.map(withoutContext) });
  const pick = <T>(nodes: Readonly<Record<string, T>>): T[] =>
    names.flatMap((name) => (Object.hasOwn(nodes, name) ? [nodes[name] as T] : []));
  const constant = freeName(`${camelCase(machine.name)}Machine`, new Set(names));
  const body = print(
    [
      `export const ${constant} = setup(`,
      objectLines(['types: { context: {} as any, events: {} as any, emitted: {} as any }', ...provided]),
      ').createMachine(',
      treeDoc(config, 0),
      ');',
    ],
    0,
    120,
  );
  const scope = usesIn(to) ? [pathsText(to), scopeText(true)] : [scopeText(false)];
  return [
    [...importLines(pick(model.imports)), `import { ${[...creators].toSorted().join(', ')} } from 'xstate';`].join(
      '\n',
    ),
    ...declarationTexts(pick(model.locals)),
    ...scope,
    ...helpers.map((name) => helperTexts[name as keyof typeof helperTexts]),
    body,
  ]
    .join('\n\n')
    .concat('\n');
}

// `({ in: isIn }) => isIn('open')`, which XState has a guard for.
const inGuard = /^\(\s*\{\s*in(?::\s*([\w$]+))?\s*\}\s*\)$/;

function guard(
  to: Exporting,
  node: Exporting['guards'] extends Map<string, infer N> ? N : never,
  note: (name: string) => void,
): Doc {
  const { lambda } = node;
  const name = inGuard.exec(`(${lambda?.parameter ?? ''})`)?.[1];
  const state =
    name === undefined
      ? undefined
      : new RegExp(`^${name.replaceAll('$', '\\$')}\\((['"])([\\w.-]+)\\1\\)$`).exec(lambda?.body ?? '')?.[2];
  const place = state === undefined ? undefined : to.places.get(state);
  if (place === undefined) return adapted(node);
  note('stateIn');
  return `stateIn(${stateValue(place.path)})`;
}

function actor(kind: string, name: string, note: (name: string) => void): Doc {
  note('fromPromise');
  return ['fromPromise<any, any>(() => Promise.reject(new Error(', quote(`Fill in the ${kind} '${name}'.`), ')))'];
}

/** Schemas of states have no place there, nor has what they need. */
function withoutContext({ context: _context, ...state }: StateNode): StateNode {
  return { ...state, states: state.states.map(withoutContext) };
}

/** Does a lambda ask which state is active? */
function usesIn({ machine }: Exporting): boolean {
  return (
    /"reads":\[[^\]]*"in"|\bin:\s*\w+[^"]*\}|scope\.in\b/.test(JSON.stringify(machine.states)) ||
    /"parameter":"[^{"]/.test(JSON.stringify(machine.states))
  );
}

function stateValue(path: readonly string[]): string {
  const [first = '', ...rest] = path;
  return rest.length === 0 ? quote(first) : `{ ${propertyKey(first)}: ${stateValue(rest)} }`;
}

function pathsText({ places }: Exporting): string {
  const members = [...places.values()].map(({ state, path }) => `${propertyKey(state.name)}: ${stateValue(path)}`);
  return [
    print(['const paths: Record<string, any> = ', objectLines(members), ';'], 0, 120),
    '',
    '/** Was this state active before the event? */',
    'function isActive(self: any, state: string): boolean {',
    '  try {',
    '    return self.getSnapshot().matches(paths[state]);',
    '  } catch {',
    '    return false; // Guards are not told, and neither is a machine that is only starting.',
    '  }',
    '}',
  ].join('\n');
}

function scopeText(withStates: boolean): string {
  const values = 'context, event, output: event.output, error: event.error, now: Date.now(), instanceId: self?.id';
  return [
    '/** What the lambdas of the declaration see. */',
    'function scope({ context, event, self }: any): any {',
    ...(withStates
      ? ['  const isIn = (state: string): boolean => isActive(self, state);', `  return { ${values}, in: isIn };`]
      : [`  return { ${values} };`]),
    '}',
  ].join('\n');
}

const helperTexts = {
  eventOf: ['function eventOf(type: string, payload: any): any {', '  return { ...payload, type };', '}'].join('\n'),
  milliseconds: [
    'const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };',
    'function milliseconds(delay: number | string): number {',
    '  const [, count, unit] = /^([\\d.]+)(\\w+)$/.exec(String(delay)) ?? [];',
    "  return typeof delay === 'number' ? delay : Number(count) * (units[unit ?? ''] ?? Number.NaN);",
    '}',
  ].join('\n'),
};

/** The configuration as an object literal. */
function treeDoc(tree: Tree, depth: number): Doc {
  if (typeof tree === 'string') return quote(tree);
  if (typeof tree !== 'object') return String(tree);
  if (isCode(tree)) return userCode(tree.text);
  if (isList(tree)) {
    const items = tree.map((inner) => treeDoc(inner, depth + 1));
    return tree.some((inner) => typeof inner === 'object')
      ? ['[', indentItems(items), ']']
      : ['[', join(items, ', '), ']'];
  }
  const members = Object.entries(tree).flatMap(([key, value]): Doc[] =>
    value === undefined ? [] : [[propertyKey(key), ': ', treeDoc(value, depth + 1)]],
  );
  const isSmall = members.length <= 3 && !Object.values(tree).some((value) => typeof value === 'object');
  return depth > 1 && isSmall ? object(members) : objectLines(members);
}

function indentItems(items: readonly Doc[]): Doc {
  const lines = items.flatMap((item) => [hard, item, ',']);
  return [{ doc: 'indent', inner: lines }, hard];
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

export function isCode(tree: Tree): tree is Code {
  return (
    typeof tree === 'object' && !Array.isArray(tree) && (tree as { kind?: unknown }).kind === 'code' && 'text' in tree
  );
}
