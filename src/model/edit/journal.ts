import { canonicalJson } from '../../core/index.ts';

/** Does a path lead to what the other leads to, or into it? */
function isWithin(path: string, around: string): boolean {
  return path === around || (path.startsWith(around) && /^[./[]/.test(path.slice(around.length)));
}

/** What the edits of a list have done so far, to find those that contradict each other. */
export class Journal {
  readonly #gone = new Map<string, { readonly edit: number; readonly to?: string }>();
  readonly #added = new Map<string, number>();
  readonly #set = new Map<string, { readonly edit: number; readonly value: string }>();
  readonly #moved = new Map<string, { readonly edit: number; readonly value: string }>();
  readonly #failed = new Set<string>();

  /** The edit that took away, or renamed, what a path led to. */
  goneAt(path: string): { readonly edit: number; readonly to?: string } | undefined {
    return [...this.#gone].find(([gone]) => isWithin(path, gone))?.[1];
  }

  /** The edit that put there what stands there. */
  addedAt(path: string): number | undefined {
    return this.#added.get(path);
  }

  /** Would it be there if an edit before had not been refused? */
  dependsOnFailed(path: string): boolean {
    return [...this.#failed].some((failed) => isWithin(path, failed));
  }

  /**
   * The edit that said something else about the same thing, about something in it, or, where the thing was there before,
   * about something around it.
   */
  otherSet(path: string, value: unknown, before?: unknown): number | undefined {
    const text = canonicalJson(value ?? null);
    const disagrees = before !== undefined && canonicalJson(before ?? null) !== text;
    for (const [other, set] of this.#set) {
      const isOther =
        other === path ? set.value !== text : isWithin(other, path) || (isWithin(path, other) && disagrees);
      if (isOther) return set.edit;
    }
    return undefined;
  }

  /** The edit that put the same thing elsewhere. */
  otherMove(path: string, place: string): number | undefined {
    const other = this.#moved.get(path);
    return other === undefined || other.value === place ? undefined : other.edit;
  }

  noteMoved(path: string, place: string, edit: number): void {
    this.#moved.set(path, { edit, value: place });
  }

  noteAdded(path: string, edit: number): void {
    this.#gone.delete(path);
    this.#added.set(path, edit);
  }

  noteSet(path: string, value: unknown, edit: number): void {
    this.#set.set(path, { edit, value: canonicalJson(value ?? null) });
  }

  noteRemoved(path: string, edit: number): void {
    this.#forget(path);
    this.#gone.set(path, { edit });
  }

  noteRenamed(path: string, to: string, edit: number): void {
    const moved = <T>(map: Map<string, T>): void => {
      for (const [key, value] of map) {
        if (!isWithin(key, path)) continue;
        map.delete(key);
        map.set(`${to}${key.slice(path.length)}`, value);
      }
    };
    moved(this.#set);
    moved(this.#added);
    moved(this.#moved);
    this.#gone.delete(to);
    this.#gone.set(path, { edit, to });
  }

  noteFailed(path: string): void {
    this.#failed.add(path);
  }

  #forget(path: string): void {
    for (const map of [this.#set, this.#added, this.#moved]) {
      for (const key of map.keys()) if (isWithin(key, path)) map.delete(key);
    }
  }
}
