import { shownPath } from '../../core/shown-path.ts';
import type { Diagnostic } from '../../model/index.ts';
import { problemIn } from '../codes.ts';
import type { GateReport, Subject } from '../contract.ts';

/** A problem of the module as a whole: where it begins. */
export function problemOf(
  subject: Pick<Subject, 'file' | 'root'>,
  code: string,
  message: string,
  hint?: string,
): Diagnostic {
  return problemIn(shownPath(subject.file, subject.root), code, message, { line: 1, column: 1 }, hint);
}

/** What a gate says. */
export function report(
  gate: GateReport['gate'],
  started: number,
  problems: readonly Diagnostic[],
  details?: GateReport['details'],
): GateReport {
  return {
    gate,
    ok: problems.length === 0,
    problems,
    took: performance.now() - started,
    ...(details === undefined ? {} : { details }),
  };
}
