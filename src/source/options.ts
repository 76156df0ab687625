import type { KeptFiles } from './files/kept.ts';
import type { Diagnostic, Suppression, SystemModel } from '../model/index.ts';

/** Options of {@link readSystem}. */
export interface ReadOptions {
  /** Gives the content of a file, or throws as `fs.readFileSync` does. Default: the file system. */
  readonly readFile?: (path: string) => Uint8Array | string;
  /** The folder that the files of diagnostics are relative to. Default: the working directory. */
  readonly cwd?: string;
  /** Files that are parsed already, from `keepFiles()`: for whoever reads the same systems again and again. */
  readonly kept?: KeptFiles;
}

/** What came of reading a system. */
export interface ReadResult {
  /**
   * The model. With an error among the diagnostics it is only good for further checks: what could not be read is left
   * out, or stands as `z.unknown()`. Absent when no system was found at all.
   */
  readonly system?: SystemModel;
  readonly diagnostics: readonly Diagnostic[];
  /** The comments that switch warnings off: for `validateSystem`. */
  readonly suppressions?: readonly Suppression[];
  /** The absolute paths of all files that were read, the entry first. */
  readonly files: readonly string[];
  /** The absolute paths of files that the source names and that could not be read. */
  readonly missing?: readonly string[];
}
