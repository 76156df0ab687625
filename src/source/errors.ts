import { MillraceError } from '../core/index.ts';
import type { Diagnostic } from '../model/index.ts';

/** A system could not be loaded because its source has errors. All of them are in `diagnostics`. */
export class SourceError extends MillraceError {
  override readonly name = 'SourceError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(path: string, diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const lines = errors
      .slice(0, 10)
      .map(({ file, line, column, code, message }) => `  ${file}:${line}:${column} ${code}: ${message}`);
    const more = errors.length > lines.length ? [`  … and ${errors.length - lines.length} more`] : [];
    super(
      [`'${path}' has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}:`, ...lines, ...more].join('\n'),
      {
        code: 'MR1016',
        retryable: false,
        fault: 'input',
        details: { path, codes: errors.map(({ code }) => code) },
      },
    );
    this.diagnostics = diagnostics;
  }
}
