import { ts } from '../syntax/typescript.js';
import type { Module } from '../syntax/module.ts';
import { boundNames } from '../syntax/module.ts';
import { pastLineComments } from './trivia.ts';

type Parsed = Pick<Module, 'text' | 'source'>;

/** Where a statement begins with the comments that stand right above it. */
export function startWithComments({ text, source }: Parsed, statement: ts.Statement): number {
  let start = statement.getStart(source);
  for (const { pos, end } of (ts.getLeadingCommentRanges(text, statement.pos) ?? []).toReversed()) {
    const gap = text.slice(end, start).replaceAll('\r\n', '\n');
    if (/\n\s*\n/.test(gap)) break;
    start = pos;
  }
  return start;
}

/** A statement with the comments above it and on its last line, to be put elsewhere. */
export function pieceOf(module: Parsed, statement: ts.Statement, prefix = ''): string {
  const { text, source } = module;
  const own = statement.getStart(source);
  const comments = text.slice(startWithComments(module, statement), own);
  return `${comments}${prefix}${text.slice(own, pastLineComments(text, statement.end))}`;
}

/** The names that a statement declares. */
export function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name).map(({ text }) => text));
  const { name } = statement as { readonly name?: ts.Node };
  return name !== undefined && ts.isIdentifier(name) ? [name.text] : [];
}
