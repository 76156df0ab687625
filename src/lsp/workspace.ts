import { basename, dirname, relative, resolve } from 'node:path';
import { findConfig } from '../project/config/config.ts';
import { configNames, projectsBelow } from '../project/kit/find-files.ts';
import type { Overlay } from './overlay.ts';
import { LspProject, type PricesIn } from './project.ts';

/** The projects of an editor: one for each config at or above a file, or one for a folder that has none. */
export class Workspace {
  readonly #overlay: Overlay;
  readonly #folders: string[];
  readonly #prices: PricesIn | undefined;
  readonly #projects = new Map<string, LspProject>();
  readonly #changed = new Set<string>();
  #isStale = true;
  #running: Promise<void> | undefined;

  constructor(overlay: Overlay, folders: readonly string[], prices?: PricesIn) {
    this.#overlay = overlay;
    this.#prices = prices;
    this.#folders = folders.map((folder) => resolve(folder));
    for (const folder of this.#folders) for (const each of [folder, ...projectsBelow(folder)]) this.#open(each);
  }

  get projects(): Iterable<LspProject> {
    return this.#projects.values();
  }

  /** The project that a file belongs to. */
  projectOf(file: string): LspProject | undefined {
    const holding = [...this.#projects.values()].filter(({ root }) => !relative(root, file).startsWith('..'));
    return holding.toSorted((a, b) => b.root.length - a.root.length)[0];
  }

  /** Says that a file is not what it was. Everything may be another where a config has changed. */
  change(file: string): void {
    this.#changed.add(file);
    if (configNames.includes(basename(file))) this.#configured(dirname(file));
    if (/\.dsl\.[cm]?ts$/.test(file)) this.#open(dirname(file));
  }

  /** Everything is as the editor has it once this resolves. A change meanwhile is taken along. */
  settle(): Promise<void> {
    this.#running ??= this.#work().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #work(): Promise<void> {
    while (this.#isStale || this.#changed.size > 0) {
      const changed = this.#isStale ? undefined : new Set(this.#changed);
      this.#isStale = false;
      this.#changed.clear();
      for (const project of this.#projects.values()) await project.refresh(changed);
    }
  }

  /** A config makes a folder a project of its own, and what was read above it may be another's now. */
  #configured(folder: string): void {
    const config = findConfig(folder);
    if (config !== undefined && dirname(config) === folder) this.#open(folder);
    else if (!this.#folders.includes(folder)) this.#projects.delete(folder);
    this.#isStale = true;
  }

  #open(folder: string): void {
    const config = findConfig(folder);
    const within = this.#folders.find((each) => !relative(each, folder).startsWith('..'));
    const root = config === undefined ? (within ?? folder) : dirname(config);
    if (this.#projects.has(root)) return;
    this.#projects.set(root, new LspProject(root, this.#overlay, this.#prices));
    this.#isStale = true;
  }
}
