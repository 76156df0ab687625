import type { Diagnostic } from '../../model/index.ts';
import type { Codemod } from './codemod.ts';

/** Options of {@link upgradeSource}. */
export interface UpgradeOptions {
  /** The version of Millrace that the source was written for. Default: unknown, so every codemod is tried. */
  readonly from?: string;
  /** The version that it is brought to. Default: whatever the codemods know. */
  readonly to?: string;
  /** Gives the content of a file, or throws as `fs.readFileSync` does. Default: the file system. */
  readonly readFile?: (path: string) => Uint8Array | string;
  /** The folder that the files of diagnostics are relative to. Default: the working directory. */
  readonly cwd?: string;
}

/** A change that a codemod made. */
export interface UpgradeChange {
  /** The name of the codemod. */
  readonly codemod: string;
  /** Where it was made, in the file as the codemod saw it. */
  readonly line: number;
  readonly column: number;
}

/** A file that is to be written. */
export interface UpgradedFile {
  /** Absolute. */
  readonly path: string;
  readonly before: string;
  readonly text: string;
  readonly changes: readonly UpgradeChange[];
}

/** What came of an upgrade. Nothing has been written. */
export interface UpgradeResult {
  /** The codemods that were tried, in their order. */
  readonly codemods: readonly Pick<Codemod, 'version' | 'name' | 'description'>[];
  readonly files: readonly UpgradedFile[];
  /** What the reader still refuses. */
  readonly diagnostics: readonly Diagnostic[];
}
