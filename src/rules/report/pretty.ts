import { styleText } from 'node:util';
import type { Diagnostic } from '../../model/index.ts';
import { excerpt, isWhole, linesOf as split, type Paint } from './excerpt.ts';
import type { Reporter } from './reporter.ts';
import { summary } from './summary.ts';

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
    if (!sources.has(file)) {
      const text = options.readSource?.(file);
      sources.set(file, text === undefined ? undefined : split(text));
    }
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
  if (source !== undefined && !isWhole(diagnostic))
    out.push(...excerpt(diagnostic, source, paint).map((line) => `  ${line}`));
  if (hint !== undefined) out.push(`  ${paint('cyan', 'hint')}: ${hint}`);
  for (const other of related ?? [])
    out.push(`  ${paint('dim', `${other.file}:${other.line}:${other.column}`)} ${other.message}`);
  return out.join('\n');
}
