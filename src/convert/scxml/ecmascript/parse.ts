import { Script } from 'node:vm';
import { ts } from 'ts-morph';

/** Code of a document, parsed; or why it is none. */
export type Parsed<Node> =
  | { readonly text: string; readonly node: Node; readonly message?: undefined }
  | { readonly message: string };

/** Parses one expression. Positions in the node are those in `text` of the result. */
export function parseExpression(written: string): Parsed<ts.Expression> {
  // A semicolon at the end of an expression is common and harmless.
  const text = `(${written.trim().replace(/;+$/, '')}\n)`;
  return attempt(`'use strict';\n${text}`, () => {
    const [statement, second] = parse(text).statements;
    if (statement === undefined || second !== undefined || !ts.isExpressionStatement(statement))
      return { message: 'Expression expected' };
    const { expression } = statement;
    if (!ts.isParenthesizedExpression(expression)) return { message: 'Expression expected' };
    return { text, node: expression.expression };
  });
}

/** Parses the statements of a script. */
export function parseScript(text: string): Parsed<readonly ts.Statement[]> {
  return attempt(`'use strict';\n${text}`, () => ({ text, node: parse(text).statements }));
}

/** Why a text is no JavaScript, as generated code is: strict. Nothing when it is. */
export function syntaxError(text: string): string | undefined {
  const parsed = attempt(text, () => ({ text, node: undefined }));
  return parsed.message;
}

/** The engine says what JavaScript is: the compiler's parser also takes what is not. Nothing is run. */
function attempt<Node>(whole: string, parsed: () => Parsed<Node>): Parsed<Node> {
  try {
    void new Script(whole);
    return parsed();
  } catch (thrown) {
    if (thrown instanceof RangeError) return { message: 'The code stands too deep in itself' };
    return { message: (thrown as { readonly message?: string }).message ?? String(thrown) };
  }
}

const parse = (text: string): ts.SourceFile =>
  ts.createSourceFile('document.js', text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
