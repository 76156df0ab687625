import type { Diagnostic } from '../diagnostic.ts';
import type { Location } from '../nodes/location.ts';

/** Why an edit cannot be applied. */
export interface Problem {
  readonly code: `MR178${number}`;
  /** A whole sentence. */
  readonly message: string;
  readonly hint?: string;
  readonly location: Location;
  readonly related?: readonly { readonly message: string; readonly location: Location }[];
}

/** Thrown inside of one edit, and caught around it. */
export class Refused extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ message }) => message).join('\n'));
    this.name = 'Refused';
    this.problems = problems;
  }
}

export function refuse(
  code: Problem['code'],
  location: Location,
  message: string,
  more: Pick<Problem, 'hint' | 'related'> = {},
): never {
  throw new Refused([{ code, message, location, ...more }]);
}

export function toDiagnostic(problem: Problem, prefix: string): Diagnostic {
  const { code, message, hint, location, related } = problem;
  const { file, line, column, endLine, endColumn } = location;
  return {
    code,
    severity: 'error',
    message: `${prefix}${message}`,
    file,
    line,
    column,
    endLine,
    endColumn,
    ...(hint !== undefined && { hint }),
    ...(related !== undefined &&
      related.length > 0 && {
        related: related.map((one) => ({
          message: one.message,
          file: one.location.file,
          line: one.location.line,
          column: one.location.column,
        })),
      }),
  };
}
