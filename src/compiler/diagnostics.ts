import type { Diagnostic, Location } from '../model/index.ts';

/** What the compiler reports. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly severity?: 'error' | 'warning';
}

/** Puts a problem at a place of the source. `file` is the place's file as the user would name it. */
export function diagnose(problem: Problem, location: Location, file: string): Diagnostic {
  const { code, message, hint, severity = 'error' } = problem;
  const { line, column, endLine, endColumn } = location;
  return { code, severity, message, file, line, column, endLine, endColumn, ...(hint === undefined ? {} : { hint }) };
}

/** Puts a problem at the beginning of a file. */
export function diagnoseFile(problem: Problem, file: string): Diagnostic {
  return diagnose(problem, { file, line: 1, column: 1, endLine: 1, endColumn: 1 }, file);
}
