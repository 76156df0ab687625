import type { Location, SystemModel } from '../../model/index.ts';

/** Sorts by where things stand in the source, so that the order of record keys does not matter. */
export function bySource<T extends { readonly name: string; readonly location: Location }>(
  model: SystemModel,
  record: Readonly<Record<string, T>>,
): readonly T[] {
  const rank = (location: Location): number => {
    const index = model.files.indexOf(location.file);
    return index < 0 ? model.files.length : index;
  };
  return Object.values(record).sort(
    (a, b) =>
      rank(a.location) - rank(b.location) ||
      compare(a.location.file, b.location.file) ||
      a.location.line - b.location.line ||
      a.location.column - b.location.column ||
      compare(a.name, b.name),
  );
}

/** Compares by code units: the same in every locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
