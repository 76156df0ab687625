import { ts } from '../syntax/typescript.js';
import { startOf, type Code } from './code.ts';

/** How a file is written. */
export interface Style {
  readonly eol: string;
  /** One step of indentation. */
  readonly unit: string;
  readonly quote: "'" | '"';
  readonly semicolons: boolean;
}

/** What most lines of a file do. */
export function styleOf(text: string, source: ts.SourceFile): Style {
  const crlf = text.split('\r\n').length - 1;
  const lf = text.split('\n').length - 1 - crlf;
  const statements = source.statements.filter((node) => !ts.isFunctionDeclaration(node));
  const ended = statements.filter(({ end }) => text[end - 1] === ';').length;
  return {
    eol: crlf > lf ? '\r\n' : '\n',
    unit: unitOf(text),
    quote: quoteOf(source),
    semicolons: ended * 2 >= statements.length,
  };
}

/** The smallest indentation that several lines have. */
function unitOf(text: string): string {
  const counts = new Map<string, number>();
  for (const [, indent = ''] of text.matchAll(/^([ \t]+)(?![ \t*\r\n])/gm)) {
    const kind = indent.startsWith('\t') ? '\t' : indent.length <= 8 ? indent : '';
    if (kind !== '') counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if ((counts.get('\t') ?? 0) * 2 > total) return '\t';
  const spaces = [...counts].filter(([kind, count]) => kind !== '\t' && count * 10 >= total);
  return spaces.toSorted(([a], [b]) => a.length - b.length)[0]?.[0] ?? '  ';
}

function quoteOf(source: ts.SourceFile): Style['quote'] {
  let double = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) double += source.text[node.getStart(source)] === '"' ? 1 : -1;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return double > 0 ? '"' : "'";
}

/** A piece of printed source as it stands in a file of this style, its later lines `indent` further in. */
export function inStyle(code: Code, style: Style, indent: string): string {
  const { node, source } = code;
  const start = startOf(code);
  const text = source.text.slice(start, node.end);
  const kept: { readonly from: number; readonly to: number }[] = [];
  const quotes = new Set<number>();
  const visit = (inner: ts.Node): void => {
    const from = inner.getStart(source) - start;
    const to = inner.end - start;
    const isTemplate = ts.isTemplateExpression(inner) || ts.isNoSubstitutionTemplateLiteral(inner);
    if (isTemplate || ts.isStringLiteral(inner)) kept.push({ from, to });
    if (ts.isStringLiteral(inner) && !/['"\\]/.test(text.slice(from + 1, to - 1))) quotes.add(from).add(to - 1);
    ts.forEachChild(inner, visit);
  };
  visit(node);
  const line = source.text.slice(source.text.lastIndexOf('\n', start - 1) + 1);
  const own = /^[ (]*/.exec(line)?.[0].replaceAll('(', '').length ?? 0;
  const quoted = text.replace(/['"]/g, (mark, at: number) => (quotes.has(at) ? style.quote : mark));
  let offset = 0;
  return quoted
    .split('\n')
    .map((each, index) => {
      const at = offset;
      offset += each.length + 1;
      // A line break inside of a literal is part of its value.
      if (index === 0 || each === '' || kept.some(({ from, to }) => from < at && at < to)) return each;
      const spaces = /^ */.exec(each)?.[0].length ?? 0;
      const depth = Math.max(0, spaces - own);
      return `${indent}${style.unit.repeat(Math.floor(depth / 2))}${' '.repeat(depth % 2)}${each.slice(spaces)}`;
    })
    .join(style.eol);
}
