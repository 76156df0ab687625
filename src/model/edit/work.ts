import type { SystemModel } from '../nodes/system.ts';
import type { MapName, Owner } from './grammar.ts';

/** A copy of a system that one edit changes: of what it does not open nothing is copied. */
export class Work {
  readonly system: Owner;
  readonly #maps = new Set<MapName>();
  readonly #opened = new Map<string, { readonly map: MapName; readonly name: string }>();
  readonly #fields = new Set<string>();

  constructor(before: SystemModel) {
    this.system = { ...before };
  }

  get model(): SystemModel {
    return this.system as unknown as SystemModel;
  }

  /** The definitions that may have been changed, by the names that they have had when they were opened. */
  get opened(): Iterable<{ readonly map: MapName; readonly name: string }> {
    return this.#opened.values();
  }

  get hasFields(): boolean {
    return this.#fields.size > 0;
  }

  /** A map of definitions, to put some in or take some out. */
  map(map: MapName): Record<string, Owner> {
    if (!this.#maps.has(map)) {
      this.#maps.add(map);
      this.system[map] = { ...(this.system[map] as Owner) };
    }
    return this.system[map] as Record<string, Owner>;
  }

  /** A definition, to change it; nothing where there is none. */
  open(map: MapName, name: string): Owner | undefined {
    const nodes = this.map(map);
    if (!Object.hasOwn(nodes, name)) return undefined;
    if (!this.#opened.has(`${map}.${name}`)) {
      this.touch(map, name);
      nodes[name] = structuredClone(nodes[name]) as Owner;
    }
    return nodes[name];
  }

  /** Notes that a definition is new or has another name. */
  touch(map: MapName, name: string): void {
    this.#opened.set(`${map}.${name}`, { map, name });
  }

  /** A member of the system itself, to change what is in it. */
  openField(name: string): void {
    if (this.#fields.has(name)) return;
    this.#fields.add(name);
    if (Object.hasOwn(this.system, name)) this.system[name] = structuredClone(this.system[name]);
  }

  /** Puts the definitions of a map into another order. */
  order(map: MapName, names: readonly string[]): void {
    const nodes = this.map(map);
    this.system[map] = Object.fromEntries(names.map((name) => [name, nodes[name]]));
  }
}
