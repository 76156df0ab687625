import { same } from './code.ts';
import type { Item, List } from './lists.ts';

/** One item of a list as it shall be: which one it was in the file, in what was said, in what shall be said. */
export interface Place {
  readonly own?: number;
  readonly before?: number;
  readonly after?: number;
}

/** The items of a list, and whether others than before or in another order. */
export interface Order {
  readonly items: readonly Place[];
  readonly moved: boolean;
}

/** Which items stay, go and come; nothing when the file's list is not built as what it says. */
export function order(own: List, before: List, after: List): Order | undefined {
  if (own.kind === 'object') return orderOfMembers(own, before, underOldNames(own, before, after));
  if (own.items.length !== before.items.length || own.items.some(({ key }) => key === undefined)) return undefined;
  if (own.kind === 'chain' && own.items.some(({ key }, index) => key !== before.items[index]?.key)) return undefined;
  const taken = new Set<number>();
  const pairs = after.items.map(({ key }) => {
    const at = before.items.findIndex((item, index) => item.key === key && !taken.has(index));
    if (at >= 0) taken.add(at);
    return at;
  });
  const items = pairs.map((pair, index): Place => {
    let at = pair;
    // In a list what stands at the same place is taken for the same item, changed.
    if (at < 0 && own.kind !== 'chain' && index < before.items.length && !taken.has(index)) taken.add((at = index));
    return at < 0 ? { after: index } : { own: at, before: at, after: index };
  });
  const moved = items.length !== own.items.length || items.some(({ own: at }, index) => at !== index);
  return { items, moved };
}

/**
 * What shall be said, with the names that its members have had: a member with the value of one that is gone is that one,
 * and so is one in its place, where members are the user's own: states, events.
 */
function underOldNames(own: List, before: List, after: List): List {
  const has = ({ items }: List, key: string | undefined): boolean => items.some((item) => item.key === key);
  const gone = before.items.filter(({ key }) => key !== undefined && !has(after, key) && has(own, key));
  const came = after.items.filter(({ key }) => key !== undefined && !has(before, key) && !has(own, key));
  const names = new Map<Item, string | undefined>();
  const isSame = (a: Item, b: Item): boolean =>
    a.value !== undefined && b.value !== undefined && same(a.value, b.value);
  for (const item of came) {
    const inPlace = before.items.length === after.items.length ? before.items[after.items.indexOf(item)] : undefined;
    const alike = gone.filter((each) => isSame(each, item));
    const found = alike.length === 1 ? alike[0] : own.isOwnNames === true ? inPlace : undefined;
    if (found !== undefined && gone.includes(found) && ![...names.values()].includes(found.key))
      names.set(item, found.key);
  }
  if (names.size === 0) return after;
  return { ...after, items: after.items.map((item) => (names.has(item) ? { ...item, key: names.get(item) } : item)) };
}

function orderOfMembers(own: List, before: List, after: List): Order | undefined {
  const at = (list: List, key: string | undefined): number =>
    list.items.findIndex((item: Item) => key !== undefined && item.key === key);
  const isOpen = own.items.some(({ key }) => key === undefined);
  const isStrange = before.items.some(({ key }) => at(own, key) < 0);
  if (isStrange && !isOpen) return undefined;
  const gone = before.items.filter(({ key }) => at(after, key) < 0);
  // What a spread brings along cannot be taken away here.
  if (gone.some(({ key }) => at(own, key) < 0)) return undefined;
  const common = before.items.filter(({ key }) => at(after, key) >= 0).map(({ key }) => key);
  const inOrder = after.items.filter(({ key }) => at(before, key) >= 0).map(({ key }) => key);
  const place = (key: string | undefined): Place => {
    const [mine, was, will] = [at(own, key), at(before, key), at(after, key)];
    return {
      ...(mine < 0 ? {} : { own: mine }),
      ...(was < 0 ? {} : { before: was }),
      ...(will < 0 ? {} : { after: will }),
    };
  };
  if (common.some((key, index) => key !== inOrder[index])) {
    if (isOpen) return undefined;
    const extra = own.items.flatMap(({ key }, index) =>
      at(after, key) < 0 && at(before, key) < 0 ? [{ own: index }] : [],
    );
    return { items: [...after.items.map(({ key }) => place(key)), ...extra], moved: true };
  }
  const items: Place[] = own.items.flatMap((item, index) => {
    if (at(before, item.key) >= 0 && at(after, item.key) < 0) return [];
    const found = place(item.key);
    // A member that says nothing yet, such as `parallel: false`, makes room for one that does.
    if (found.before === undefined && found.after !== undefined) return [];
    return [item.key === undefined ? { own: index } : found];
  });
  for (const [index, { key }] of after.items.entries()) {
    const mine = at(own, key);
    const was = at(before, key);
    if (mine >= 0 && was >= 0) continue;
    const isSame = was >= 0 && sameItems(before.items[was] as Item, after.items[index] as Item);
    if (isSame) continue;
    const previous = after.items
      .slice(0, index)
      .findLast((item) => items.some(({ after: then }) => then !== undefined && after.items[then]?.key === item.key));
    const behind =
      was >= 0
        ? items.length - 1
        : items.findIndex(
            ({ after: then }) =>
              previous !== undefined && then !== undefined && after.items[then]?.key === previous.key,
          );
    items.splice(behind + 1, 0, { after: index });
  }
  const moved = items.length !== own.items.length || items.some(({ own: mine }, index) => mine !== index);
  return { items, moved };
}

function sameItems(a: Item, b: Item): boolean {
  return a.source.text.slice(a.start, a.node.end) === b.source.text.slice(b.start, b.node.end);
}
