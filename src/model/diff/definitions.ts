import type { Location } from '../nodes/location.ts';
import { pathName } from '../edit/path.ts';
import { callers, type Break, type Change, type Comparison } from './change.ts';

type Member = Change['kind'];
type Definition = { readonly name: string; readonly location: Location };

/** What is said of a field that differs; nothing for a field that other code compares. */
export type FieldRule<Node> = ((before: Node, after: Node) => readonly Break[]) | 'elsewhere';
/** A rule for every field of a node: a new field does not compile until it is said whom its change breaks. */
export type FieldRules<Node> = { readonly [K in Exclude<keyof Node, 'kind' | 'name' | 'location'>]-?: FieldRule<Node> };

/** Whoever is told nothing of it works as before. */
export const harmless = (): readonly Break[] => [];

/** The rules for what every definition may carry. */
export const commonRules = { description: harmless, tags: harmless, metadata: harmless, hints: harmless } as const;

/** Compares the fields of two nodes of one name by their rules. */
export function compareFields<Node extends object>(
  comparison: Comparison,
  path: string,
  what: string,
  before: Node,
  after: Node,
  rules: FieldRules<Node>,
): void {
  const at = {
    before: (before as Partial<Definition>).location,
    after: (after as Partial<Definition>).location,
  };
  for (const [field, rule] of Object.entries(rules) as [keyof Node & string, FieldRule<Node>][]) {
    if (rule === 'elsewhere' || comparison.sameField(before, after, field)) continue;
    const kind: Member = before[field] === undefined ? 'added' : after[field] === undefined ? 'removed' : 'changed';
    comparison.report({
      kind,
      path: `${path}.${field}`,
      message: `'${field}' of ${what} was ${kind}.`,
      breaks: rule(before, after),
      ...(at.before && { before: at.before }),
      ...(at.after && { after: at.after }),
    });
  }
}

/** Reports what came and went by name, and hands what stayed to `compare`. */
export function compareNamed<Node extends { readonly location: Location }>(
  comparison: Comparison,
  before: ReadonlyMap<string, Node>,
  after: ReadonlyMap<string, Node>,
  say: {
    readonly path: (name: string) => string;
    readonly what: (name: string, node: Node) => string;
    readonly added: (node: Node) => readonly Break[];
    readonly removed: (node: Node) => readonly Break[];
    readonly compare: (before: Node, after: Node, name: string) => void;
  },
): void {
  for (const [name, node] of before) {
    const next = after.get(name);
    if (next !== undefined) say.compare(node, next, name);
    else {
      comparison.report({
        kind: 'removed',
        path: say.path(name),
        message: `${say.what(name, node)} was removed.`,
        breaks: say.removed(node),
        before: node.location,
      });
    }
  }
  for (const [name, node] of after) {
    if (before.has(name)) continue;
    comparison.report({
      kind: 'added',
      path: say.path(name),
      message: `${say.what(name, node)} was added.`,
      breaks: say.added(node),
      after: node.location,
    });
  }
}

/** Compares the definitions of one kind. */
export function compareDefinitions<Node extends Definition>(
  comparison: Comparison,
  map: 'events' | 'tasks' | 'flows' | 'machines' | 'agents' | 'resources' | 'contexts',
  before: Readonly<Record<string, Node>>,
  after: Readonly<Record<string, Node>>,
  say: {
    readonly removed?: readonly Break[];
    readonly compare: (comparison: Comparison, before: Node, after: Node, path: string) => void;
  },
): void {
  const kind = map.slice(0, -1);
  compareNamed(comparison, new Map(Object.entries(before)), new Map(Object.entries(after)), {
    path: (name) => `${map}.${pathName(name)}`,
    what: (name) => `${kind[0]?.toUpperCase()}${kind.slice(1)} '${name}'`,
    added: harmless,
    removed: ({ name }) => say.removed ?? [callers(`whoever uses ${kind} '${name}' does not find it any more`)],
    compare: (old, next, name) => {
      let told = false;
      const report = (change: Change): void => {
        told = true;
        comparison.report(change);
      };
      const path = `${map}.${pathName(name)}`;
      say.compare({ ...comparison, report }, old, next, path);
      if (told || comparison.same(old, next)) return;
      // Everything in it was compared by name, so what is left is the order.
      comparison.report({
        kind: 'changed',
        path,
        message: `The order in which ${kind} '${name}' is written was changed.`,
        breaks: [],
        before: old.location,
        after: next.location,
      });
    },
  });
}
