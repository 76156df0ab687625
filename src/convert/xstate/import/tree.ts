import { nearest } from '../../../core/index.ts';
import type { Importing, Span } from './importing.ts';
import { membersOf, type JsonMember, type JsonNode } from './json.ts';

/** A state of the configuration, before it is one of the model. */
export interface Draft {
  readonly key: string;
  /** Its name in the model, where names are unique. */
  readonly name: string;
  readonly node: JsonNode;
  readonly at: Span;
  readonly parent: Draft | undefined;
  readonly children: readonly Draft[];
}

/** The states by their place and by their id. */
export interface DraftTree {
  readonly root: Draft;
  readonly all: readonly Draft[];
  readonly ids: ReadonlyMap<string, Draft>;
}

interface Raw extends Draft {
  readonly path: readonly string[];
  children: Raw[];
  name: string;
}

/** All states with names of their own: the key, with that of the state around it in front where two are alike. */
export function draftTree(to: Importing, root: JsonNode, rootName: string): DraftTree {
  const all: Raw[] = [];
  const grow = (key: string, node: JsonNode, at: Span, parent: Raw | undefined): Raw => {
    const path = parent === undefined ? [] : [...parent.path, key];
    const raw: Raw = { key, name: key, node, at, parent, children: [], path };
    all.push(raw);
    const states = memberOf(node, 'states');
    if (states !== undefined && states.value.kind !== 'object') to.wrong(states.value, 'an object of states');
    for (const member of membersOf(states?.value)) {
      if (member.value.kind === 'object') raw.children.push(grow(member.key, member.value, member, raw));
      else to.wrong(member.value, 'a state');
    }
    return raw;
  };
  const top = grow(rootName, root, root, undefined);
  nameAll(to, all);
  const machineId = textOf(root, 'id') ?? rootName;
  const ids = new Map<string, Draft>([[machineId, top]]);
  for (const raw of all) {
    if (raw === top) continue;
    ids.set([machineId, ...raw.path].join('.'), raw);
  }
  for (const raw of all) {
    const id = raw === top ? undefined : textOf(raw.node, 'id');
    if (id === undefined) continue;
    const other = ids.get(id);
    if (other !== undefined && other !== raw) {
      to.report(
        'MR1751',
        'error',
        memberOf(raw.node, 'id') as JsonMember,
        `The id '${id}' is used twice.`,
        'Ids are unique in a machine.',
      );
    }
    ids.set(id, raw);
  }
  return { root: top, all, ids };
}

/** Does the root do what a machine does not do here, so that a state does it? */
export function isState(root: JsonNode): boolean {
  const keys = ['on', 'always', 'after', 'entry', 'exit', 'invoke', 'onDone'];
  return textOf(root, 'type') === 'parallel' || keys.some((key) => memberOf(root, key) !== undefined);
}

function nameAll(to: Importing, [root, ...below]: readonly Raw[]): void {
  const all = root !== undefined && isState(root.node) ? [root, ...below] : below;
  const counts = new Map<string, number>();
  for (const { key } of all) counts.set(key, (counts.get(key) ?? 0) + 1);
  const taken = new Set<string>();
  for (const raw of all) {
    const { key, parent, path, at } = raw;
    let name = key === '' ? 'state' : key;
    if ((counts.get(key) ?? 0) > 1 && parent?.parent !== undefined) name = path.join('_');
    while (taken.has(name)) name = `${name}_`;
    taken.add(name);
    raw.name = name;
    if (name !== key && parent !== undefined) {
      const message = `The state '${path.join('.')}' is called '${name}': names of states are unique in a machine.`;
      to.report('MR1759', 'info', at, message);
    }
  }
}

export function memberOf(node: JsonNode, key: string): JsonMember | undefined {
  return membersOf(node).find((member) => member.key === key);
}

export function textOf(node: JsonNode, key: string): string | undefined {
  const value = memberOf(node, key)?.value;
  return value?.kind === 'value' && typeof value.value === 'string' ? value.value : undefined;
}

/** The state that a target names, as XState resolves it. */
export function resolve(to: Importing, tree: DraftTree, from: Draft, target: string, at: Span): Draft | undefined {
  const found = lookUp(tree, from, target);
  if (found !== undefined) return found;
  const near = [...tree.ids.keys()].map((id) => `#${id}`);
  const known = [
    ...near,
    ...(from.parent ?? from).children.map(({ key }) => key),
    ...from.children.map(({ key }) => `.${key}`),
  ];
  const guess = nearest(target, known) ?? known.find((each) => each === `.${target}` || each.endsWith(`.${target}`));
  const hint =
    guess === undefined
      ? 'A neighbour is named by its key, a child as `.child`, any other state as `#id`.'
      : `Did you mean '${guess}'?`;
  return to.report('MR1753', 'error', at, `The target '${target}' is no state.`, hint);
}

function lookUp({ root, ids }: DraftTree, from: Draft, target: string): Draft | undefined {
  if (target.startsWith('#')) {
    const id = target.slice(1);
    const direct = ids.get(id);
    if (direct !== undefined) return direct;
    const [head = '', ...rest] = pathOf(id);
    const start = ids.get(head);
    return start && descend(start, rest);
  }
  if (target.startsWith('.')) return descend(from, pathOf(target.slice(1)));
  return from === root ? undefined : descend(from.parent ?? root, pathOf(target));
}

export function descend(from: Draft, path: readonly string[]): Draft | undefined {
  let at: Draft | undefined = from;
  for (const key of path) at = at?.children.find((child) => child.key === key);
  return at;
}

/** `a.b` as keys; a backslash takes a dot as it is. */
export function pathOf(text: string): readonly string[] {
  const keys: string[] = [''];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charAt(index);
    if (unit === '.') keys.push('');
    else keys[keys.length - 1] += unit === '\\' ? text.charAt(++index) : unit;
  }
  return keys;
}
