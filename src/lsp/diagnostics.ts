import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DiagnosticSeverity, type Diagnostic as LspDiagnostic, type Range } from 'vscode-languageserver/node';
import type { Diagnostic } from '../model/index.ts';
import { packageRoot } from '../project/kit/package-root.ts';
import { uriOf } from './overlay.ts';

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

/** A problem as editors show it. `root` is the folder that its files are relative to. */
export function toLsp(diagnostic: Diagnostic, root: string): LspDiagnostic {
  const { code, severity, message, hint, related = [] } = diagnostic;
  const page = join(packageRoot, 'docs/errors', `${code}.md`);
  return {
    range: rangeOf(diagnostic),
    severity: severities[severity],
    code,
    ...(existsSync(page) && { codeDescription: { href: uriOf(page) } }),
    source: 'millrace',
    message: hint === undefined ? message : `${message}\n${hint}`,
    ...(related.length > 0 && {
      relatedInformation: related.map((other) => ({
        message: other.message,
        location: {
          uri: uriOf(resolve(root, other.file)),
          range: rangeOf({ ...other, endLine: other.line, endColumn: other.column }),
        },
      })),
    }),
  };
}

/** Ours count from 1, theirs from 0. */
export function rangeOf(place: Pick<Diagnostic, 'line' | 'column' | 'endLine' | 'endColumn'>): Range {
  return {
    start: { line: place.line - 1, character: place.column - 1 },
    end: { line: place.endLine - 1, character: place.endColumn - 1 },
  };
}
