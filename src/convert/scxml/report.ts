import type { Diagnostic, Location } from '../../model/index.ts';
import type { Place } from './xml.ts';

/** Says something about a place of a document. */
export type Report = (
  code: string,
  severity: Diagnostic['severity'],
  message: string,
  place: Place,
  hint?: string,
) => void;

/** A reporter for one file; what it hears goes to `diagnostics`, the same thing about the same place once. */
export function reporter(file: string, diagnostics: Diagnostic[]): Report {
  return (code, severity, message, { line, column }, hint) => {
    const known = diagnostics.some(
      (each) => each.code === code && each.file === file && each.line === line && each.message === message,
    );
    if (known) return;
    const where = { file, line, column, endLine: line, endColumn: column + 1 };
    diagnostics.push({ code, severity, message, ...where, ...(hint === undefined ? {} : { hint }) });
  };
}

/** The location of a node that comes from this place. */
export const locationOf = (file: string, { line, column }: Place): Location => ({
  file,
  line,
  column,
  endLine: line,
  endColumn: column + 1,
});
