/**
 * A shortest way from a node back to itself: `['a', 'b', 'a']`, or `undefined` when there is none.
 */
export function findCycle(start: string, next: (node: string) => readonly string[]): readonly string[] | undefined {
  const from = new Map<string, string>();
  const queue = [start];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const other of next(node)) {
      if (other === start) {
        const way = [start];
        for (let step: string | undefined = node; step !== undefined && step !== start; step = from.get(step))
          way.unshift(step);
        return [start, ...way];
      }
      if (!from.has(other)) {
        from.set(other, node);
        queue.push(other);
      }
    }
  }
  return undefined;
}
