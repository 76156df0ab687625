/** One end of an edge at a side of a box. */
export interface End {
  /** Where it would like to touch the side. */
  readonly want: number;
  /** It can touch it nowhere else. */
  readonly fixed?: boolean;
}

/** Where the ends touch a side that reaches from `left` to `right`: near where they want to, and apart. */
export function attach<E extends End>(ends: readonly E[], left: number, right: number): ReadonlyMap<E, number> {
  const sorted = ends.toSorted((a, b) => a.want - b.want);
  const room = Math.max(0, right - left);
  const gap = Math.min(16, sorted.length < 2 ? room : room / (sorted.length - 1));
  const places = sorted.map(({ want, fixed }) => (fixed === true ? want : Math.min(Math.max(want, left), right)));
  for (let index = 1; index < places.length; index++) {
    if (sorted[index]?.fixed !== true) places[index] = Math.max(places[index] ?? 0, (places[index - 1] ?? 0) + gap);
  }
  for (let index = places.length - 1, limit = right; index >= 0; index--) {
    if (sorted[index]?.fixed !== true) places[index] = Math.min(places[index] ?? 0, limit);
    limit = (places[index] ?? 0) - gap;
  }
  // Many ends, some of them fixed: rather close together than beside the box.
  return new Map(
    sorted.map((end, index) => [
      end,
      end.fixed === true ? end.want : Math.min(Math.max(places[index] ?? left, left), right),
    ]),
  );
}
