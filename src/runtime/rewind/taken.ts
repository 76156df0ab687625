import type { JournalRow, Tables } from '../../store/index.ts';

/**
 * The events that a run has taken as far as these lines of its journal go, by their numbers; `left` are those that do not count
 * any more. Where rounds of a loop were let go it is not known which events they had taken: those stay taken.
 */
export function takenIn(
  { events }: Tables,
  run: string,
  kept: readonly JournalRow[],
  left: readonly JournalRow[],
): ReadonlySet<number> {
  const numbers = (of: readonly JournalRow[]): readonly number[] =>
    of.flatMap(({ kind, data }) => {
      if (kind !== 'received') return [];
      const taken = events.get((JSON.parse(data ?? '{}') as { readonly event?: string }).event ?? '');
      return taken === undefined ? [] : [taken.seq];
    });
  if (!kept.some(({ kind }) => kind === 'compacted')) return new Set(numbers(kept));
  const gone = new Set(numbers(left));
  return new Set([...events.consumedBy(run).filter((seq) => !gone.has(seq)), ...numbers(kept)]);
}
