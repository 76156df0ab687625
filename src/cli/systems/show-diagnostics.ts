import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic } from '../../model/index.ts';
import { pretty, type ReportOptions } from '../../rules/index.ts';
import type { Io } from '../kit/io.ts';

/** What reporters may use of this machine. `read` gives files by absolute path, where they are not those of the disk. */
export function reportOptions(
  io: Io,
  stream: 'out' | 'note',
  read: (path: string) => Buffer = readFileSync,
): ReportOptions {
  return {
    color: io.paint('red', 'x', stream) !== 'x',
    readSource: (file) => {
      try {
        return read(resolve(io.cwd, file)).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

/** Prints problems for people, on stderr. */
export function showDiagnostics(io: Io, diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length > 0) io.note(pretty(diagnostics, reportOptions(io, 'note')));
}
