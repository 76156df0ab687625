import { resolve } from 'node:path';
import { keepFiles } from '../../source/files/kept.ts';
import type { Config } from '../config/config.ts';
import { findFiles } from '../kit/find-files.ts';
import { compileSystems, type Outcome } from '../systems/compile.ts';
import { otherInputs } from '../systems/fresh.ts';
import { foldersToFollow, isSame, lookBeside, patternsOf, type Sight } from './sight.ts';

/** What of a project is compiled, and where to. */
export interface KeptOptions {
  /** The folder that the globs start from; the working directory of a command. */
  readonly folder: string;
  /** What is compiled instead of what the config says. */
  readonly globs?: readonly string[];
  /** The folder of the output instead of that of the config, from `folder`. */
  readonly out?: string;
  readonly stubs?: boolean;
  readonly force?: boolean;
  /** Read at first also what is fresh: the parser is warm before the first edit, and warnings are told. */
  readonly warm?: boolean;
}

/**
 * A project that is compiled again and again. What is parsed stays in memory, so only what an edit touched is parsed
 * again, and only its system compiled again; when nothing that was read is different, nothing is done.
 */
export class KeptProject {
  readonly #options: KeptOptions;
  readonly #kept = keepFiles();
  #sight: Sight | undefined;

  constructor(options: KeptOptions) {
    this.#options = options;
  }

  /**
   * Compiles what has changed. `undefined`: everything is as it was.
   *
   * @param anyway Compiles also when everything is as it was, because what came of the last look was lost.
   * @throws what `findFiles` and the compiler throw.
   */
  async look(config: Config, anyway = false): Promise<Outcome | undefined> {
    if (!anyway && (await this.isSame(config))) return undefined;
    const { folder, out, stubs = false, force = false, warm = false } = this.#options;
    const entries = await findFiles(...this.#patterns(config));
    const beside = lookBeside(entries);
    const outcome = await compileSystems(entries, process.cwd(), config, {
      out: out === undefined ? config.out : resolve(folder, out),
      stubs,
      force,
      reread: warm && this.#sight === undefined,
      kept: this.#kept,
    });
    const outputs = outcome.systems.flatMap(({ files }) => files.map((file) => resolve(file)));
    this.#sight = { entries, settings: otherInputs(config), inputs: outcome.inputs, beside, outputs };
    return outcome;
  }

  /** Is everything as the last look saw it? */
  async isSame(config: Config): Promise<boolean> {
    const { folder, globs = [] } = this.#options;
    return this.#sight !== undefined && (await isSame(this.#sight, globs, folder, config));
  }

  /** All folders in which a change may matter. */
  folders(config: Config): ReadonlySet<string> {
    const { folder, globs = [] } = this.#options;
    return foldersToFollow(globs, folder, config, this.#sight);
  }

  #patterns(config: Config): [readonly string[], string] {
    const { folder, globs = [] } = this.#options;
    return patternsOf(globs, folder, config);
  }
}
