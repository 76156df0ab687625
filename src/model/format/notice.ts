import type { Diagnostic } from '../diagnostic.ts';
import { modelFormat } from '../nodes/system.ts';

/** The notice, at a place, that a model was brought up from an older format. */
export function oldFormat(
  place: Pick<Diagnostic, 'file' | 'line' | 'column' | 'endLine' | 'endColumn'>,
  from: number,
): Diagnostic {
  const { file, line, column, endLine, endColumn } = place;
  const message = `This is a model of format ${from}; it was read as one of format ${modelFormat}.`;
  const hint = '`dsl inspect FILE --json` writes it in the present format.';
  return { code: 'MR1843', severity: 'info', message, file, line, column, endLine, endColumn, hint };
}
