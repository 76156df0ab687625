import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Diagnostic } from '../model/index.ts';
import { findConfig, readConfig, type Config } from '../project/config/config.ts';
import { CliError, describeFailure } from '../project/kit/failure.ts';
import { filesAmong, findFiles } from '../project/kit/find-files.ts';
import { otherInputs } from '../project/systems/fresh.ts';
import { tasksFolder } from '../project/systems/places.ts';
import { printingProblems } from '../project/systems/printing-problems.ts';
import { findSystems, type FoundSystem } from '../project/systems/read.ts';
import type { KnownPrices } from '../rules/index.ts';
import { keepFiles } from '../source/files/kept.ts';
import type { Names } from '../source/places/open.ts';
import { readWith, type Overlay } from './overlay.ts';

/** Which models have prices, as a project says it. */
export type PricesIn = (config: Config, folder: string) => Promise<KnownPrices>;

/** What was last found of one entry file. */
interface Entry {
  /** As it was read last without losing the system: what an editor completes is of a file that is half written. */
  readonly system?: FoundSystem;
  /** As it was read last without losing any of it. */
  readonly whole?: FoundSystem;
  readonly isCurrent: boolean;
  readonly files: readonly string[];
  readonly missing: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The systems below one config, kept as the editor has them. An edit reads only the systems again that it touches. */
export class LspProject {
  /** The folder of the config. */
  readonly root: string;
  readonly #overlay: Overlay;
  readonly #prices: PricesIn | undefined;
  readonly #kept = keepFiles();
  readonly #entries = new Map<string, Entry>();
  #config: Config | undefined;
  #problems: readonly Diagnostic[] = [];

  constructor(root: string, overlay: Overlay, prices: PricesIn | undefined) {
    this.root = root;
    this.#overlay = overlay;
    this.#prices = prices;
  }

  /** The systems, each as it was when it could last be read. */
  get systems(): readonly FoundSystem[] {
    return [...this.#entries.values()].flatMap(({ system }) => system ?? []);
  }

  /** The folder of the generated code of a system. */
  outputOf({ model }: FoundSystem): string | undefined {
    return this.#config && join(this.#config.out, model.name);
  }

  /** The system whose source, or whose tasks or migrations, a file is among. */
  systemOf(file: string): FoundSystem | undefined {
    const own = this.systems.find(({ files }) => files.includes(file));
    return (
      own ??
      this.systems.find(({ entry }) => [tasksFolder(entry), join(dirname(entry), 'migrations')].includes(dirname(file)))
    );
  }

  /** A system as it was before some of it could not be read: while a quote is open, say. */
  wholeOf({ entry }: FoundSystem): FoundSystem | undefined {
    return this.#entries.get(entry)?.whole;
  }

  /** The names of a system as the editor has it; nothing while it cannot be read. */
  async names(entry: string): Promise<Names | undefined> {
    const { openNames } = await import('../source/places/open.ts');
    return openNames(entry, this.root, { readFile: readWith(this.#overlay), kept: this.#kept });
  }

  /** The problems of all files, by absolute path: each once. */
  get diagnostics(): ReadonlyMap<string, readonly Diagnostic[]> {
    const byFile = new Map<string, Diagnostic[]>();
    const seen = new Set<string>();
    for (const each of [...this.#problems, ...[...this.#entries.values()].flatMap(({ diagnostics }) => diagnostics)]) {
      const key = `${each.code} ${each.file}:${each.line}:${each.column} ${each.message}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const file = resolve(this.root, each.file);
      byFile.set(file, [...(byFile.get(file) ?? []), each]);
    }
    return byFile;
  }

  /** Reads again what these files touch; without files, everything. What fails is a problem like any other. */
  async refresh(changed?: ReadonlySet<string>): Promise<void> {
    try {
      const config = await this.#readConfig(changed);
      const files = await this.#filesOf(config);
      for (const entry of this.#entries.keys()) if (!files.includes(entry)) this.#entries.delete(entry);
      const touched = files.filter((file) => changed === undefined || this.#isTouched(file, changed));
      await this.#read(touched, config);
      if (touched.length < files.length && this.#hasTwins()) await this.#read(files, config);
      this.#problems = [];
    } catch (thrown) {
      this.#problems = [this.#failure(thrown)];
    }
  }

  async #readConfig(changed: ReadonlySet<string> | undefined): Promise<Config> {
    const before = this.#config;
    const inputs = before && [...otherInputs(before), join(this.root, 'dsl.config.ts')];
    const isSame = inputs !== undefined && changed !== undefined && !inputs.some((input) => changed.has(input));
    if (isSame && this.#problems.length === 0) return before as Config;
    this.#config = await readConfig(this.root);
    if (!isSame) this.#entries.clear();
    return this.#config;
  }

  async #filesOf({ globs, root }: Config): Promise<readonly string[]> {
    const open = filesAmong(this.#overlay.paths(), globs, root, existsSync);
    try {
      return [...new Set([...(await findFiles(globs, root)), ...open])].toSorted();
    } catch (thrown) {
      // Nothing is there yet, but perhaps what was never saved.
      if (thrown instanceof CliError && thrown.code === 'MR2007') return open;
      throw thrown;
    }
  }

  #isTouched(file: string, changed: ReadonlySet<string>): boolean {
    const entry = this.#entries.get(file);
    if (entry === undefined || changed.has(file)) return true;
    if ([...entry.files, ...entry.missing].some((each) => changed.has(each))) return true;
    const beside = [tasksFolder(file), join(dirname(file), 'snapshots')];
    return [...changed].some((each) => beside.includes(dirname(each)));
  }

  async #read(files: readonly string[], config: Config): Promise<void> {
    if (files.length === 0) return;
    const others = [...this.#entries].filter(([file]) => !files.includes(file));
    const prices = this.#prices;
    const found = await findSystems(files, this.root, config, {
      ...(prices !== undefined && { models: () => prices(config, this.root) }),
      versions: true,
      kept: this.#kept,
      parts: others.flatMap(([, entry]) => entry.files.slice(1)),
      readFile: readWith(this.#overlay),
    });
    const printed = await printingProblems(found.systems, this.root, config);
    const kept = new Set(found.diagnostics);
    const own = new Set(found.systems.flatMap(({ diagnostics }) => diagnostics));
    const rest = [...found.diagnostics.filter((each) => !own.has(each)), ...printed];
    for (const [index, file] of files.entries()) {
      const system = found.systems.find(({ entry }) => entry === file);
      const before = this.#entries.get(file);
      const last = system ?? before?.system;
      const whole = system !== undefined && isWhole(system) ? system : before?.whole;
      // What belongs to no system stands with its file, or with the first.
      const strays = rest.filter((each) => {
        const at = resolve(this.root, each.file);
        return files.includes(at) ? at === file : index === 0;
      });
      this.#entries.set(file, {
        ...(last !== undefined && { system: last }),
        ...(whole !== undefined && { whole }),
        isCurrent: system !== undefined,
        files: system?.files ?? before?.files ?? [file],
        missing: found.missing,
        diagnostics: [...(system?.diagnostics.filter((each) => kept.has(each)) ?? []), ...strays],
      });
    }
  }

  /** Whether systems are called the same is only seen when they are read together. */
  #hasTwins(): boolean {
    const names = [...this.#entries.values()].flatMap(({ system, isCurrent }) =>
      isCurrent ? (system?.model.name ?? []) : [],
    );
    const told = [...this.#entries.values()].some(({ diagnostics }) =>
      diagnostics.some(({ code }) => code === 'MR2015'),
    );
    return told || new Set(names).size < names.length;
  }

  #failure(thrown: unknown): Diagnostic {
    const { code, message, hint } = describeFailure(thrown);
    const file = findConfig(this.root) ?? join(this.root, 'dsl.config.ts');
    // Messages about a config name its line.
    const line = Number(/^[^:]*dsl\.config\.\w+:(\d+)/.exec(message)?.[1] ?? 1);
    const place = { file: existsSync(file) ? file : this.root, line, column: 1, endLine: line, endColumn: 1 };
    return { code, severity: 'error', message, ...place, ...(hint !== undefined && { hint }) };
  }
}

/** Was all of a source read? Otherwise some of what it says is not in the model. The codes below MR1200 are the reader's. */
function isWhole({ diagnostics }: FoundSystem): boolean {
  return diagnostics.every(({ code, severity }) => severity !== 'error' || !/^MR1[01]/.test(code));
}
