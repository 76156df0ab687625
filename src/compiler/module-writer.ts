/** Collects what one generated module imports and which names it has given away, and prints the imports. */
import type { SystemModel } from '../model/index.ts';
import type { Layout } from './plan/layout.ts';
import { namesIn } from '../model/text/code.ts';
import { freeName, isIdentifier } from '../model/text/names.ts';

interface Imported {
  readonly from: string;
  /** The name in the other module; `default` and `*` as in JavaScript. */
  readonly imported: string;
  readonly local: string;
  typeOnly: boolean;
}

/** A generated module while it is written. Names are given out once, so that nothing of ours catches a user's name. */
export class ModuleWriter {
  /** The path in the output folder, such as `flows/fulfilOrder.ts`. */
  readonly path: string;
  readonly #model: SystemModel;
  readonly #layout: Layout;
  readonly #imports = new Map<string, Imported>();
  readonly #taken: Set<string>;

  /** @param fixed The keys of `system.locals` and `system.imports` that user text in this module names: those cannot be renamed. */
  constructor(model: SystemModel, layout: Layout, path: string, fixed: Iterable<string>) {
    this.path = path;
    this.#model = model;
    this.#layout = layout;
    this.#taken = new Set(fixed);
  }

  /** The names that the top level of this module has given away. */
  get taken(): ReadonlySet<string> {
    return this.#taken;
  }

  /** Gives away a top-level name: the wanted one, or one like it that is free. */
  declare(wanted: string): string {
    const name = freeName(wanted, this.#taken);
    this.#taken.add(name);
    return name;
  }

  /** Keeps names from being given away, for example those of variables in function bodies. */
  reserve(names: Iterable<string>): void {
    for (const name of names) this.#taken.add(name);
  }

  /**
   * Imports what user text names: copied declarations from `shared.ts`, imports from where the source has them.
   *
   * @param keys The `uses` of the text: they also list what stands behind the names, which is not imported here.
   */
  use(keys: readonly string[], text?: string): void {
    const names = text === undefined || keys.length === 0 ? undefined : namesIn(text);
    for (const key of keys) {
      if (names !== undefined && !names.has(key)) continue;
      const local = Object.hasOwn(this.#model.locals, key) ? this.#model.locals[key] : undefined;
      const imported = Object.hasOwn(this.#model.imports, key) ? this.#model.imports[key] : undefined;
      if (local !== undefined) {
        this.#add({
          from: this.#layout.specifier(this.path, 'shared.ts'),
          imported: key,
          local: key,
          typeOnly: local.typeOnly,
        });
      } else if (imported !== undefined) {
        const from = this.#layout.importSpecifier(imported, this.path);
        this.#add({ from, imported: imported.imported, local: key, typeOnly: imported.typeOnly });
      }
    }
  }

  /**
   * Imports a name of another module and gives the name it has here.
   *
   * @param from A package's subpath, or the path of a generated file such as `contracts.ts`.
   * @param wanted The name here, when it should be another one.
   */
  import(
    from: string,
    imported: string,
    options: { readonly typeOnly?: boolean; readonly wanted?: string } = {},
  ): string {
    const specifier = from.endsWith('.ts') ? this.#layout.specifier(this.path, from) : from;
    const known = this.#imports.get(`${specifier}\0${imported}`);
    const typeOnly = options.typeOnly ?? false;
    if (known !== undefined) {
      known.typeOnly &&= typeOnly;
      return known.local;
    }
    const local = this.declare(options.wanted ?? (imported === '*' || imported === 'default' ? 'module' : imported));
    this.#add({ from: specifier, imported, local, typeOnly });
    return local;
  }

  /**
   * Imports the contract of a definition, or its type alone, and gives the name it has here.
   *
   * @param options.avoid Names that the contract must not have here, for example those of variables in functions.
   */
  contract(
    kind: 'event' | 'task' | 'flow',
    name: string,
    options: { readonly typeOnly?: boolean; readonly wanted?: string; readonly avoid?: ReadonlySet<string> } = {},
  ): string {
    const { avoid = new Set(), ...rest } = options;
    const exported = this.#layout.contract(kind, name);
    const taken = new Set([...this.#taken, ...avoid]);
    const suffixed = `${exported}${kind[0]?.toUpperCase()}${kind.slice(1)}`;
    const wanted = freeName(exported, taken) === exported ? exported : freeName(suffixed, taken);
    return this.import('contracts.ts', exported, { wanted, ...rest });
  }

  #add(entry: Imported): void {
    const key = `${entry.from}\0${entry.imported}${entry.imported === entry.local ? '' : `\0${entry.local}`}`;
    const known = this.#imports.get(key);
    if (known !== undefined) known.typeOnly &&= entry.typeOnly;
    else this.#imports.set(key, entry);
    if (entry.imported !== entry.local)
      this.#imports.set(`${entry.from}\0${entry.imported}`, this.#imports.get(key) ?? entry);
    this.#taken.add(entry.local);
  }

  /** The import statements, packages first, without a line break at the end. Empty when there are none. */
  imports(): string {
    const groups = new Map<string, Imported[]>();
    for (const entry of new Set(this.#imports.values()))
      groups.set(entry.from, [...(groups.get(entry.from) ?? []), entry]);
    const sorted = [...groups].sort(
      ([a], [b]) => Number(a.startsWith('.')) - Number(b.startsWith('.')) || compare(a, b),
    );
    return sorted.flatMap(([from, entries]) => printImports(from, entries)).join('\n');
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function printImports(from: string, entries: readonly Imported[]): readonly string[] {
  const end = `from '${from.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'${from.endsWith('.json') ? " with { type: 'json' }" : ''};`;
  const whole = entries
    .filter((entry) => entry.imported === '*' || entry.imported === 'default')
    .map(
      (entry) => `import ${entry.typeOnly ? 'type ' : ''}${entry.imported === '*' ? '* as ' : ''}${entry.local} ${end}`,
    );
  const named = entries.filter((entry) => entry.imported !== '*' && entry.imported !== 'default');
  if (named.length === 0) return whole;
  const allTypes = named.every((entry) => entry.typeOnly);
  const names = named
    .sort(
      (a, b) =>
        compare(a.imported.toLowerCase(), b.imported.toLowerCase()) ||
        compare(a.imported, b.imported) ||
        compare(a.local, b.local),
    )
    .map((entry) => `${entry.typeOnly && !allTypes ? 'type ' : ''}${importName(entry)}`);
  const start = `import ${allTypes ? 'type ' : ''}{`;
  const line = `${start} ${names.join(', ')} } ${end}`;
  return [...whole, line.length <= 110 ? line : [start, ...names.map((name) => `  ${name},`), `} ${end}`].join('\n')];
}

function importName(entry: Imported): string {
  // An import may name any export, also one that no variable could be called.
  const name = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(entry.imported) ? entry.imported : `'${entry.imported}'`;
  return entry.imported === entry.local && isIdentifier(name) ? name : `${name} as ${entry.local}`;
}
