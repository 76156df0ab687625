import { parseText } from '../syntax/parse-text.ts';
import { ts } from '../syntax/typescript.js';
import type { Code } from './code.ts';

/** Parses what the printer wrote. */
export function parse(text: string): Code {
  const source = parseText(text);
  return { source, node: source, start: 0 };
}

/** The call that a printed text is. */
export function parseCall(text: string): { readonly source: ts.SourceFile; readonly call: ts.CallExpression } {
  const { source } = parse(text);
  const [statement] = source.statements;
  if (statement === undefined || !ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression))
    throw new TypeError('What was printed is no call.');
  return { source, call: statement.expression };
}
