import { styleText } from 'node:util';
import type { Diagnostic } from '../../model/index.ts';
import type { Reporter } from './reporter.ts';
import { summary } from './summary.ts';

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

const colors = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

/**
 * For people: the message, the source line with the place marked, the hint and what is related.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { pretty } from 'millrace/rules';
 *
 * pretty([], { color: true, readSource: (file) => readFileSync(file, 'utf8') });
 * ```
 */
export const pretty: Reporter = (diagnostics, options = {}) => {
  const paint: Paint = (style, text) =>
    options.color === true ? styleText(style, text, { validateStream: false }) : text;
  const sources = new Map<string, readonly string[] | undefined>();
  const linesOf = (file: string): readonly string[] | undefined => {
    if (!sources.has(file)) sources.set(file, options.readSource?.(file)?.split(/\r\n|[\n\r\u2028\u2029]/u));
    return sources.get(file);
  };
  const blocks = diagnostics.map((diagnostic) => block(diagnostic, linesOf(diagnostic.file), paint));
  return [...blocks, summary(diagnostics, paint)].filter((text) => text !== '').join('\n\n');
};

function block(diagnostic: Diagnostic, lines: readonly string[] | undefined, paint: Paint): string {
  const { code, severity, message, file, line, column, hint, related } = diagnostic;
  const out = [
    `${paint(colors[severity], severity)} ${paint('bold', code)}: ${message}`,
    `  ${paint('dim', '-->')} ${file === '' ? '(no file)' : `${file}:${line}:${column}`}`,
  ];
  const source = lines?.[line - 1];
  if (source !== undefined && !isWhole(diagnostic)) out.push(...excerpt(diagnostic, source, paint));
  if (hint !== undefined) out.push(`  ${paint('cyan', 'hint')}: ${hint}`);
  for (const other of related ?? [])
    out.push(`  ${paint('dim', `${other.file}:${other.line}:${other.column}`)} ${other.message}`);
  return out.join('\n');
}

/** Nothing at the very beginning: the problem is of the file, or of the command line, and its first line says nothing. */
const isWhole = ({ line, column, endLine, endColumn }: Diagnostic): boolean =>
  line === 1 && column === 1 && endLine === 1 && endColumn === 1;

const tab = 4;
const widest = 160;

/** The line, and carets under the range; a range of several lines is marked to the end of the first. */
function excerpt(diagnostic: Diagnostic, source: string, paint: Paint): readonly string[] {
  const { severity, line, column, endLine, endColumn } = diagnostic;
  const end = endLine > line ? source.trimEnd().length : Math.min(endColumn - 1, source.length);
  // A long line is shown around the place.
  const from = source.length > widest ? Math.max(0, column - 1 - 40) : 0;
  const cut = source.slice(from, from + widest);
  const before = cells(source.slice(from, column - 1));
  const marked = cells(source.slice(column - 1, Math.min(end, from + widest)));
  const number = String(line);
  const gutter = paint('dim', `${number} |`);
  const empty = paint('dim', `${' '.repeat(number.length)} |`);
  return [
    `  ${gutter} ${from > 0 ? '…' : ''}${cut.replaceAll('\t', ' '.repeat(tab))}`,
    `  ${empty} ${' '.repeat(before + (from > 0 ? 1 : 0))}${paint(colors[severity], '^'.repeat(Math.max(1, marked)))}`,
  ];
}

// 10 ms to make, and needed by few.
let segments: Intl.Segmenter | undefined;
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** The columns that a text takes on a terminal. */
function cells(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let count = 0;
  segments ??= new Intl.Segmenter();
  for (const { segment } of segments.segment(text)) count += segment === '\t' ? tab : wide.test(segment) ? 2 : 1;
  return count;
}
