import { ts } from 'ts-morph';
import { parseExpression } from './parse.ts';

/** The text that an expression always gives, when it is a plain text. */
export function constantText(code: string): string | undefined {
  const parsed = parseExpression(code);
  if (parsed.message !== undefined) return undefined;
  const { node } = parsed;
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) ? node.text : undefined;
}

/** What kind of value code gives, as far as its form says. */
export type ValueType = 'number' | 'string' | 'boolean' | 'array' | 'any';

/** The type of an expression; `of` knows the variables. */
export function typeOf(code: string, of: (variable: string) => ValueType): ValueType {
  const parsed = parseExpression(code);
  return parsed.message === undefined ? typeOfNode(parsed.node, of) : 'any';
}

const arithmetic: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.MinusToken,
  ts.SyntaxKind.AsteriskToken,
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.PercentToken,
]);

function typeOfNode(node: ts.Expression, of: (variable: string) => ValueType): ValueType {
  if (ts.isParenthesizedExpression(node)) return typeOfNode(node.expression, of);
  if (ts.isNumericLiteral(node)) return 'number';
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node))
    return 'string';
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) return 'boolean';
  if (ts.isArrayLiteralExpression(node)) return 'array';
  if (ts.isIdentifier(node)) return node.text === '_sessionid' || node.text === '_name' ? 'string' : of(node.text);
  if (ts.isPrefixUnaryExpression(node)) {
    if (node.operator === ts.SyntaxKind.ExclamationToken) return 'boolean';
    return node.operator === ts.SyntaxKind.MinusToken ? 'number' : 'any';
  }
  if (!ts.isBinaryExpression(node)) return 'any';
  const { kind } = node.operatorToken;
  const sides = [typeOfNode(node.left, of), typeOfNode(node.right, of)];
  if (kind === ts.SyntaxKind.PlusToken) {
    if (sides.includes('string')) return 'string';
    return sides.every((side) => side === 'number') ? 'number' : 'any';
  }
  return arithmetic.has(kind) && sides.every((side) => side === 'number') ? 'number' : 'any';
}

/** Is the code a literal that JSON can hold, so that it can be a default? */
export function isConstant(code: string): boolean {
  const parsed = parseExpression(code);
  return parsed.message === undefined && isConstantNode(parsed.node);
}

function isConstantNode(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return isConstantNode(node.expression);
  if (ts.isStringLiteral(node) || ts.isNumericLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return true;
  if (ts.isPrefixUnaryExpression(node))
    return node.operator === ts.SyntaxKind.MinusToken && ts.isNumericLiteral(node.operand);
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isConstantNode);
  if (ts.isObjectLiteralExpression(node))
    return node.properties.every(
      (member) =>
        ts.isPropertyAssignment(member) &&
        (ts.isIdentifier(member.name) || ts.isStringLiteral(member.name)) &&
        isConstantNode(member.initializer),
    );
  const { kind } = node;
  return (
    kind === ts.SyntaxKind.TrueKeyword || kind === ts.SyntaxKind.FalseKeyword || kind === ts.SyntaxKind.NullKeyword
  );
}
