import { ts } from '../../source/syntax/typescript.js';

/** The text that an expression gives, as far as it can be told by reading it: pieces that are put together count as one. */
export function keyOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return node.text;
  if (
    ts.isParenthesizedExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isNonNullExpression(node)
  )
    return keyOf(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [keyOf(node.left), keyOf(node.right)];
    return left === undefined || right === undefined ? undefined : left + right;
  }
  if (ts.isTemplateExpression(node)) {
    let text = node.head.text;
    for (const { expression, literal } of node.templateSpans) {
      const part = keyOf(expression);
      if (part === undefined) return undefined;
      text += part + literal.text;
    }
    return text;
  }
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { expression: of, name } = node.expression;
    if (name.text === 'join' && ts.isArrayLiteralExpression(of)) {
      const parts = of.elements.map((one) => keyOf(one));
      const by = node.arguments[0] === undefined ? ',' : keyOf(node.arguments[0]);
      return by === undefined || parts.includes(undefined) ? undefined : parts.join(by);
    }
    if (name.text === 'concat') {
      const parts = [keyOf(of), ...node.arguments.map((one) => keyOf(one))];
      return parts.includes(undefined) ? undefined : parts.join('');
    }
    if (['toString', 'trim', 'toLowerCase', 'valueOf'].includes(name.text) && node.arguments.length === 0) {
      const text = keyOf(of);
      return name.text === 'toLowerCase' ? text?.toLowerCase() : name.text === 'trim' ? text?.trim() : text;
    }
  }
  return undefined;
}

/** Without parentheses and what only types say. */
export function bare(node: ts.Expression): ts.Expression {
  let inner = node;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isSatisfiesExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isNonNullExpression(inner)
  )
    inner = inner.expression;
  return inner;
}

/** The name at the root of `a.b[c].d`. */
export function rootOf(node: ts.Expression): ts.Identifier | undefined {
  const inner = bare(node);
  if (ts.isIdentifier(inner)) return inner;
  return ts.isPropertyAccessExpression(inner) || ts.isElementAccessExpression(inner)
    ? rootOf(inner.expression)
    : undefined;
}
