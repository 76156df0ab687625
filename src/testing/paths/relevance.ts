/**
 * Which parts of contexts and payloads can decide where a machine goes: what guards, delays and the like have read, and
 * what those parts of the context were made from. Only these are varied, and only by these situations differ.
 */
export class Relevance {
  readonly #relevant = new Set<string>();
  /** By field of the context: what was put there as it is, and what it was computed from. */
  readonly #moved = new Map<string, Set<string>>();
  readonly #computed = new Map<string, Set<string>>();
  /** Whose fields have all become fields of the context. */
  readonly #spread = new Set<string>();
  #version = 0;

  /** Rises whenever something becomes relevant. */
  get version(): number {
    return this.#version;
  }

  /** The relevant parts of the context, in order. */
  get context(): readonly string[] {
    return [...this.#relevant].filter((path) => path === 'context' || path.startsWith('context/')).sort();
  }

  /** Something decides by these. */
  decides(paths: Iterable<string>): void {
    for (const path of paths) this.#mark(path);
  }

  /** A field of the context was set to what stands at a path. */
  moves(field: string, from: string): void {
    this.#link(this.#moved, field, from);
  }

  /** A field of the context was computed from these. */
  computes(field: string, from: Iterable<string>): void {
    for (const path of from) this.#link(this.#computed, field, path);
  }

  /** Every field of what stands at a path became a field of the context. */
  spreads(from: string): void {
    if (this.#spread.has(from)) return;
    this.#spread.add(from);
    for (const path of this.#relevant) this.#follow(path);
  }

  /** Does the value at this path, or one in it or around it, matter? */
  has(path: string): boolean {
    for (const each of this.#relevant) {
      if (each === path || each.startsWith(`${path}/`) || path.startsWith(`${each}/`)) return true;
    }
    return false;
  }

  #link(links: Map<string, Set<string>>, field: string, from: string): void {
    const known = links.get(field) ?? new Set();
    links.set(field, known);
    if (known.has(from)) return;
    known.add(from);
    for (const path of this.#relevant) this.#follow(path);
  }

  #mark(whole: string): void {
    // Data that holds itself at another depth would give ever longer paths.
    const path = whole.split('/').slice(0, 8).join('/');
    if (this.#relevant.has(path)) return;
    this.#relevant.add(path);
    this.#version++;
    this.#follow(path);
  }

  #follow(path: string): void {
    if (path === 'context') {
      for (const links of [this.#moved, this.#computed]) for (const from of links.values()) this.decides(from);
      this.decides(this.#spread);
      return;
    }
    const [root, field = '', ...rest] = path.split('/');
    if (root !== 'context') return;
    for (const from of this.#spread) this.#mark([from, field, ...rest].join('/'));
    for (const from of this.#moved.get(field) ?? []) this.#mark([from, ...rest].join('/'));
    this.decides(this.#computed.get(field) ?? []);
  }
}
