import type { Edit } from '../edit.ts';
import { saidOf } from './same.ts';

/** The names that can stay where they are while the others change places around them: as many as possible. */
export function staying(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const [a, b] = [before.filter((name) => after.includes(name)), after.filter((name) => before.includes(name))];
  return new Set(common(a, b).map(([index]) => a[index] ?? ''));
}

/** The pairs of indices of the longest sequence that two lists have in common. */
function common(a: readonly string[], b: readonly string[]): readonly (readonly [number, number])[] {
  const lengths = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = lengths[i] as number[];
    for (let j = b.length - 1; j >= 0; j -= 1) {
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}

/** Items by their names, or nothing when a name stands for two of them. */
export function byName<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): ReadonlyMap<string, Item> | undefined {
  const map = new Map(items.map((item) => [nameOf(item), item]));
  return map.size === items.length ? map : undefined;
}

/** The edits of a list whose items go by names: what goes, then what comes and changes places, then what changes inside. */
export function namedEdits<Item>(
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
  path: (name: string) => string,
  changes: (before: Item, after: Item, path: string) => readonly Edit[],
): readonly Edit[] {
  const edits: Edit[] = [];
  const names = [...after.keys()];
  for (const name of before.keys()) if (!after.has(name)) edits.push({ op: 'remove', path: path(name) });
  const stay = staying([...before.keys()], names);
  // From the last one back, so that what an item goes before stands where it belongs.
  for (const [index, name] of [...names.entries()].toReversed()) {
    const next = names[index + 1];
    const place = next === undefined ? {} : { before: next };
    if (!before.has(name)) edits.push({ op: 'add', path: path(name), value: after.get(name), ...place });
    else if (!stay.has(name)) edits.push({ op: 'move', path: path(name), ...place });
  }
  for (const [name, item] of after) {
    const old = before.get(name);
    if (old !== undefined && saidOf(old) !== saidOf(item)) edits.push(...changes(old, item, path(name)));
  }
  return edits;
}

/** The edits of a list whose items go by their index. */
export function indexedEdits<Item>(
  before: readonly Item[],
  after: readonly Item[],
  path: string,
  changes: (before: Item, after: Item, path: string) => readonly Edit[],
): readonly Edit[] {
  const [a, b] = [before.map(saidOf), after.map(saidOf)];
  if (a.length === b.length) {
    return b.flatMap((text, index) =>
      text === a[index] ? [] : changes(before[index] as Item, after[index] as Item, `${path}[${index}]`),
    );
  }
  const pairs = common(a, b);
  const [kept, there] = [new Set(pairs.map(([i]) => i)), new Set(pairs.map(([, j]) => j))];
  const gone = [...a.keys()].filter((index) => !kept.has(index)).toReversed();
  const come = [...b.keys()].filter((index) => !there.has(index));
  return [
    ...gone.map((index): Edit => ({ op: 'remove', path: `${path}[${index}]` })),
    ...come.map((index): Edit => ({ op: 'add', path: `${path}[${index}]`, value: after[index] })),
  ];
}

/** The edits of the fields of two nodes. */
export function fieldEdits(
  before: object,
  after: object,
  path: string,
  same: (before: object, after: object, field: string) => boolean,
  elsewhere: ReadonlySet<string>,
): readonly Edit[] {
  const [a, b] = [before, after] as readonly Readonly<Record<string, unknown>>[];
  const fields = new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})]);
  return [...fields].flatMap((field): readonly Edit[] => {
    if (field === 'kind' || field === 'location' || elsewhere.has(field) || same(before, after, field)) return [];
    const at = path === '' ? field : `${path}.${field}`;
    const value = b?.[field];
    return value === undefined ? [{ op: 'remove', path: at }] : [{ op: 'set', path: at, value }];
  });
}
