/** Of a transition: its source and the last state below it; the first and the last state that it leaves, if it leaves any. */
export type Reach = readonly [source: number, last: number, from?: number, to?: number];

/**
 * Of transitions that would leave the same state, the one of the descendant stays, otherwise the earlier one; and each
 * is there once. `found` holds one for each region, -1 where there is none. Generated code calls it for events that
 * have transitions from one region into another.
 */
export function withoutConflicts(found: readonly number[], reach: Readonly<Record<number, Reach>>): readonly number[] {
  let kept: number[] = [];
  for (const one of found) {
    const own = reach[one];
    if (own === undefined || kept.includes(one)) continue;
    const rivals = kept.filter((other) => collide(own, reach[other]));
    if (rivals.every((other) => isBelow(own, reach[other]))) {
      if (rivals.length > 0) kept = kept.filter((other) => !rivals.includes(other));
      kept.push(one);
    }
  }
  return kept;
}

function collide([, , from, to]: Reach, other: Reach | undefined): boolean {
  const [, , otherFrom, otherTo] = other ?? [];
  if (from === undefined || to === undefined || otherFrom === undefined || otherTo === undefined) return false;
  return from <= otherTo && otherFrom <= to;
}

const isBelow = ([source]: Reach, other: Reach | undefined): boolean =>
  other !== undefined && source > other[0] && source <= other[1];
