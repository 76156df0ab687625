import { readFileSync } from 'node:fs';
import type { Diagnostic, SystemModel } from '../../model/index.ts';
import { readSystem } from '../../source/index.ts';

/** The files of a system while they are being changed, in memory: what was changed stands before what is on the disk. */
export class WorkingCopy {
  readonly entry: string;
  readonly cwd: string;
  readonly #texts = new Map<string, string>();
  readonly #read = new Map<string, Buffer>();

  constructor(entry: string, cwd: string) {
    this.entry = entry;
    this.cwd = cwd;
  }

  /** Reads a file as it is now. A file of the disk is read once: all steps see the same. */
  readonly readFile = (path: string): Buffer | string => {
    const changed = this.#texts.get(path);
    if (changed !== undefined) return changed;
    const known = this.#read.get(path) ?? readFileSync(path);
    this.#read.set(path, known);
    return known;
  };

  /** Takes over what a step made of files. */
  change(texts: ReadonlyMap<string, string>): void {
    for (const [path, text] of texts) this.#texts.set(path, text);
  }

  /** The files that are different from the disk. */
  changed(): ReadonlyMap<string, string> {
    return new Map([...this.#texts].filter(([path, text]) => this.#read.get(path)?.toString('utf8') !== text));
  }

  /** The system as the files say it now. */
  async system(): Promise<{
    readonly system?: SystemModel;
    readonly files: readonly string[];
    readonly errors: readonly Diagnostic[];
  }> {
    const { system, files, diagnostics } = await readSystem(this.entry, { cwd: this.cwd, readFile: this.readFile });
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    return { ...(system !== undefined && errors.length === 0 && { system }), files, errors };
  }
}
