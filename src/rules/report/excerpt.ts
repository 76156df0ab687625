import type { styleText } from 'node:util';
import type { Diagnostic } from '../../model/index.ts';

/** Colours a text, or leaves it. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

const colors = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

/**
 * The source line of a diagnostic with its place marked, for those who show problems in their own way. `undefined` when
 * it is about the whole file, or when the text has no such line.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import type { Diagnostic } from 'millrace/model';
 * import { codeFrame } from 'millrace/rules';
 *
 * export const framed = (diagnostic: Diagnostic): string | undefined =>
 *   codeFrame(diagnostic, readFileSync(diagnostic.file, 'utf8'));
 * ```
 */
export function codeFrame(diagnostic: Diagnostic, text: string): string | undefined {
  const line = linesOf(text)[diagnostic.line - 1];
  return line === undefined || isWhole(diagnostic)
    ? undefined
    : excerpt(diagnostic, line, (_, part) => part).join('\n');
}

/** The lines of a source, as compilers count them. */
export function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/u);
}

/** Nothing at the very beginning: the problem is of the file, or of the command line, and its first line says nothing. */
export const isWhole = ({ line, column, endLine, endColumn }: Diagnostic): boolean =>
  line === 1 && column === 1 && endLine === 1 && endColumn === 1;

const tab = 4;
const widest = 160;

/** The line, and carets under the range; a range of several lines is marked to the end of the first. */
export function excerpt(diagnostic: Diagnostic, source: string, paint: Paint): readonly string[] {
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
    `${gutter} ${from > 0 ? '…' : ''}${cut.replaceAll('\t', ' '.repeat(tab))}`,
    `${empty} ${' '.repeat(before + (from > 0 ? 1 : 0))}${paint(colors[severity], '^'.repeat(Math.max(1, marked)))}`,
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
