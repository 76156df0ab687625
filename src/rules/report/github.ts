import type { Diagnostic } from '../../model/index.ts';
import type { Reporter } from './reporter.ts';

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** For GitHub Actions: a workflow command a diagnostic, which becomes a remark at the line of a pull request. */
export const github: Reporter = (diagnostics) => diagnostics.map(command).join('\n');

function command({ code, severity, message, hint, ...place }: Diagnostic): string {
  const { file, line, column, endLine, endColumn } = place;
  const properties: Readonly<Record<string, string | number>> = {
    ...(file !== '' && { file, line, endLine }),
    // Columns are understood within one line only. Theirs is the last one, ours the one behind it.
    ...(file !== '' && endLine === line && { col: column, endColumn: Math.max(column, endColumn - 1) }),
    title: code,
  };
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${commands[severity]} ${list.join(',')}::${escapeData(hint === undefined ? message : `${message}\n${hint}`)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
