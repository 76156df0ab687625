import type { Diagnostic } from '../../model/index.ts';

/** What a reporter may use of the world. */
export interface ReportOptions {
  /** The text of a file that diagnostics name, or `undefined` when it cannot be read. */
  readonly readSource?: (file: string) => string | undefined;
  /** Colours? */
  readonly color?: boolean;
}

/** Prints diagnostics. Pure: what it needs comes in through the options. */
export type Reporter = (diagnostics: readonly Diagnostic[], options?: ReportOptions) => string;
