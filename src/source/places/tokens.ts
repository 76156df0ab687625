import { ts } from '../syntax/typescript.js';

/** A name in a file: an identifier, or a text in quotes. */
export interface Token {
  readonly node: ts.Node;
  readonly text: string;
  /** Without the quotes. */
  readonly start: number;
  readonly end: number;
  /** What it stands in, the innermost first. */
  readonly around: readonly ts.Node[];
}

/** The name at an offset: the cursor may stand before it, in it, or right behind it. */
export function tokenAt(source: ts.SourceFile, offset: number): Token | undefined {
  let found: Token | undefined;
  visitTokens(source, offset, (token) => {
    found ??= token;
  });
  return found;
}

/** All places of a file that say a text as a name. */
export function tokensOf(source: ts.SourceFile, text: string): readonly Token[] {
  const found: Token[] = [];
  visitTokens(source, undefined, (token) => {
    if (token.text === text) found.push(token);
  });
  return found;
}

/** `.name` of something else, or a key. */
export function isMemberName({ node, around: [parent] }: Token): boolean {
  if (parent === undefined) return false;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node)
  );
}

/** The nodes around an offset, the innermost first. */
export function around(source: ts.SourceFile, offset: number): readonly ts.Node[] {
  const path: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (node.getStart(source) > offset || node.end < offset) return;
    path.unshift(node);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return path;
}

function visitTokens(source: ts.SourceFile, offset: number | undefined, visit: (token: Token) => void): void {
  const walk = (node: ts.Node, parents: readonly ts.Node[]): void => {
    if (offset !== undefined && (node.getStart(source) > offset || node.end < offset)) return;
    if (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) {
      const quote = ts.isIdentifier(node) ? 0 : 1;
      const start = node.getStart(source) + quote;
      visit({ node, text: node.text, start, end: node.end - quote, around: parents });
      return;
    }
    const inner = [node, ...parents];
    ts.forEachChild(node, (child) => walk(child, inner));
  };
  ts.forEachChild(source, (child) => walk(child, []));
}
