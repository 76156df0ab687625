import type { Diagnostic } from '../model/index.ts';

/** Where in a text a problem is; lines and columns count from 1. */
export interface Spot {
  readonly line: number;
  readonly column: number;
}

/** A problem of code that is judged, at a place in the file that it is meant for. */
export function problemIn(
  file: string,
  code: string,
  message: string,
  spot: Spot = { line: 1, column: 1 },
  hint?: string,
): Diagnostic {
  const { line, column } = spot;
  return {
    code,
    severity: 'error',
    message,
    file,
    line,
    column,
    endLine: line,
    endColumn: column,
    ...(hint === undefined ? {} : { hint }),
  };
}
