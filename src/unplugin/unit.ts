import { resolve } from 'node:path';
import { Compilation } from './compilation.ts';
import { refuseDslImport } from './dsl-import.ts';
import type { PluginOptions } from './options.ts';
import { refusal } from './refusal.ts';

/** The projects that the plugins of one bundler's configuration compile, by their folders. */
const claimed = new WeakMap<object, Map<string, Unit>>();

/** One plugin in one configuration of a bundler. It opens its project when the bundler says where it works. */
export class Unit {
  /** Are sources imported for good reason: by tests? */
  allowsDslImports = false;
  readonly #options: PluginOptions;
  #compilation: Compilation | undefined;

  constructor(options: PluginOptions) {
    this.#options = options;
  }

  /**
   * Says where the bundler works. Only the first time counts.
   *
   * @param host What stands for the bundler's configuration.
   * @param warm Is somebody about to edit?
   * @throws MillraceError MR5104 when another plugin of this configuration compiles the same project.
   */
  open(host: object, folder: string, warm = false): Compilation {
    const units = claimed.get(host) ?? new Map<string, Unit>();
    claimed.set(host, units);
    const root = resolve(folder, this.#options.root ?? '.');
    if ((units.get(root) ?? this) !== this) {
      throw refusal(
        'MR5104',
        `The plugin of Millrace is there twice for ${root}. Leave one out; \`globs\` of one can name all systems.`,
      );
    }
    units.set(root, this);
    return (this.#compilation ??= new Compilation(this.#options, folder, warm));
  }

  /** @throws MillraceError MR5101 when code that is bundled imports a `.dsl.ts`. */
  async refuseDslImport(specifier: string, importer: string | undefined): Promise<undefined> {
    if (this.allowsDslImports || this.#compilation === undefined) return undefined;
    refuseDslImport(specifier, importer, await this.#compilation.refresh());
    return undefined;
  }
}
