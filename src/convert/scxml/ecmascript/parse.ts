import { ts } from 'ts-morph';

/** Code of a document, parsed; or why it is none. */
export type Parsed<Node> =
  | { readonly text: string; readonly node: Node; readonly message?: undefined }
  | { readonly message: string };

const open = '(';

/** Parses one expression. Positions in the node are those in `text` of the result. */
export function parseExpression(written: string): Parsed<ts.Expression> {
  // A semicolon at the end of an expression is common and harmless.
  const text = `${open}${written.trim().replace(/;+$/, '')}\n)`;
  const source = parse(text);
  const message = problemOf(source);
  if (message !== undefined) return { message };
  const [statement, second] = source.statements;
  if (statement === undefined || second !== undefined || !ts.isExpressionStatement(statement))
    return { message: 'Expression expected.' };
  const { expression } = statement;
  if (!ts.isParenthesizedExpression(expression)) return { message: 'Expression expected.' };
  return { text, node: expression.expression };
}

/** Parses the statements of a script. */
export function parseScript(text: string): Parsed<readonly ts.Statement[]> {
  const source = parse(text);
  const message = problemOf(source);
  return message === undefined ? { text, node: source.statements } : { message };
}

const parse = (text: string): ts.SourceFile =>
  ts.createSourceFile('document.js', text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);

function problemOf(source: ts.SourceFile): string | undefined {
  // The compiler keeps what its parser found here, under a name that its types do not show.
  const { parseDiagnostics } = source as unknown as { readonly parseDiagnostics: readonly ts.Diagnostic[] };
  const [first] = parseDiagnostics;
  return first === undefined ? undefined : ts.flattenDiagnosticMessageText(first.messageText, ' ');
}
