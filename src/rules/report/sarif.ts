import type { Diagnostic, Fix } from '../../model/index.ts';
import { explain } from '../explain.ts';
import type { Reporter } from './reporter.ts';

const levels = { error: 'error', warning: 'warning', info: 'note' } as const;

/** For code scanning: SARIF 2.1.0. Columns count UTF-16 units; files are relative to `SRCROOT`. */
export const sarif: Reporter = (diagnostics) => {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'millrace', rules: codes.map(toRule) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((diagnostic) => toResult(diagnostic, codes.indexOf(diagnostic.code))),
      },
    ],
  };
  return JSON.stringify(log, null, 2);
};

function toRule(code: string): object {
  const page = explain(code);
  const title = page === undefined ? undefined : /^# MR\d{4}: (.*)$/m.exec(page)?.[1];
  return {
    id: code,
    ...(title !== undefined && { shortDescription: { text: title } }),
    ...(page !== undefined && { help: { text: page, markdown: page } }),
  };
}

function toResult(diagnostic: Diagnostic, ruleIndex: number): object {
  const { code, severity, message, hint, related = [], fix, file } = diagnostic;
  return {
    ruleId: code,
    ruleIndex,
    level: levels[severity],
    message: { text: hint === undefined ? message : `${message} ${hint}` },
    ...(file !== '' && { locations: [toLocation(diagnostic)] }),
    ...(related.length > 0 && {
      relatedLocations: related.map((other, id) => ({ id, ...toLocation(other), message: { text: other.message } })),
    }),
    ...(fix !== undefined && { fixes: [toFix(fix)] }),
  };
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

function toLocation({ file, line, column, endLine, endColumn }: Place): object {
  const end = endLine === undefined || endColumn === undefined ? {} : { endLine, endColumn };
  return {
    physicalLocation: { artifactLocation: artifact(file), region: { startLine: line, startColumn: column, ...end } },
  };
}

function toFix({ title, edits }: Fix): object {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: title },
    artifactChanges: files.map((file) => ({
      artifactLocation: artifact(file),
      replacements: edits
        .filter((edit) => edit.file === file)
        .map(({ start, end, text }) => ({
          deletedRegion: { charOffset: start, charLength: end - start },
          insertedContent: { text },
        })),
    })),
  };
}

function artifact(file: string): object {
  return { uri: file.split(/[/\\]/).map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' };
}
