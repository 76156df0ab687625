import type { Location } from './nodes/location.ts';

/** How bad: an `error` stops the compiler, a `warning` does not, `info` is advice. */
export type Severity = 'error' | 'warning' | 'info';

/** A change of text that mends a problem. Offsets in UTF-16 units of the file. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly {
    readonly file: string;
    readonly start: number;
    readonly end: number;
    readonly text: string;
  }[];
}

/** One problem in the user's input. `file` is relative to the working directory; lines and columns count from 1. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly hint?: string;
  readonly related?: readonly {
    readonly message: string;
    readonly file: string;
    readonly line: number;
    readonly column: number;
  }[];
  readonly fix?: Fix;
}

/** A comment `// millrace-ignore MR1221: the reason`, which switches warnings off at one line. */
export interface Suppression {
  /** As written. */
  readonly codes: readonly string[];
  readonly reason?: string;
  /** The line that it is about: its own when code stands before it, else the next one with code. */
  readonly line: number;
  /** Of the comment. */
  readonly location: Location;
  /** What goes with it when it is taken away, in UTF-16 units of the file. */
  readonly span: { readonly start: number; readonly end: number };
}
