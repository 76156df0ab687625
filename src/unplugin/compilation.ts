import { existsSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { findConfig, readConfig, type Config } from '../project/config/config.ts';
import { KeptProject } from '../project/kept/kept-project.ts';
import { otherInputs } from '../project/systems/fresh.ts';
import { leftOver } from './left-over.ts';
import type { PluginOptions } from './options.ts';
import { failureOf, problemOf, type Problem } from './problem.ts';

/** How a project stands after a look at it. */
export interface Standing {
  /** Was something compiled, or did something fail, in this look? Otherwise all is as the last one found it. */
  readonly isNew: boolean;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** The files that what was found depends on, absolute; some may not be there. */
  readonly files: readonly string[];
  /** The output folder of each system's entry file, absolute. */
  readonly folders: ReadonlyMap<string, string>;
}

/** The systems of a project, kept compiled. One for each plugin in each bundler's configuration. */
export class Compilation {
  readonly #root: string;
  readonly #out: string | undefined;
  readonly #project: KeptProject;
  #config: Config | undefined;
  /** One look after the other. */
  #last: Promise<Standing>;
  #failed = false;
  readonly #files = new Set<string>();

  /** @param warm Is somebody about to edit? Then the first look reads everything, and the next ones are quick. */
  constructor(options: PluginOptions, root: string, warm = false) {
    this.#root = resolve(root, options.root ?? '.');
    this.#out = options.out === undefined ? undefined : resolve(this.#root, options.out);
    const { globs = [] } = options;
    const out = this.#out === undefined ? {} : { out: this.#out };
    this.#project = new KeptProject({ folder: this.#root, globs, warm, ...out });
    this.#last = Promise.resolve({ isNew: false, errors: [], warnings: [], files: [], folders: new Map() });
  }

  /** Compiles what has changed since the last look, and says how everything stands. Never fails. */
  refresh(): Promise<Standing> {
    this.#last = this.#last.then((before) => this.#look(before));
    return this.#last;
  }

  /** May a change of this file matter? What is generated does not, but for its manifests, and for what is deleted. */
  concerns(file: string): boolean {
    const path = resolve(file);
    const folder = dirname(path);
    if (folder === this.#root || /\.dsl\.[cm]?ts$/.test(path)) return true;
    if (this.#config === undefined) return true;
    const out = this.#out ?? this.#config.out;
    if (folder === out || folder.startsWith(out + sep))
      return !existsSync(path) || (dirname(folder) === out && path.endsWith('manifest.json'));
    return this.#project.folders(this.#config).has(folder);
  }

  async #look(before: Standing): Promise<Standing> {
    const own = [findConfig(this.#root) ?? join(this.#root, 'dsl.config.ts')];
    try {
      const config = await readConfig(this.#root);
      this.#config = config;
      const outcome = await this.#project.look(config, this.#failed);
      this.#failed = false;
      const folders = outcome?.folders ?? before.folders;
      const problems = outcome?.diagnostics.map(problemOf) ?? [...before.errors, ...before.warnings];
      const current = problems.filter(({ code }) => code !== 'MR5103');
      const errors = current.filter(({ severity }) => severity === 'error');
      const stale = errors.length > 0 ? [] : leftOver(this.#out ?? config.out, folders);
      return {
        isNew: outcome !== undefined || stale.length !== problems.length - current.length,
        errors: [...errors, ...stale],
        warnings: current.filter(({ severity }) => severity === 'warning'),
        files: this.#follow(own, otherInputs(config), outcome?.inputs.keys()),
        folders,
      };
    } catch (thrown) {
      const failure = failureOf(thrown);
      const isNew = !this.#failed || before.errors[0]?.text !== failure.text;
      this.#failed = true;
      return { ...before, isNew, errors: [failure], warnings: [], files: this.#follow(own) };
    }
  }
  /** What was followed once is followed on: a file that is gone may come back. */
  #follow(...files: readonly (Iterable<string> | undefined)[]): readonly string[] {
    for (const file of files.flatMap((each) => [...(each ?? [])])) this.#files.add(file);
    return [...this.#files];
  }
}
