import { ts } from '../../source/syntax/typescript.js';
import { bare, keyOf } from './constant.ts';
import type { ParsedCode } from './parse.ts';

/** Does an expression give a member by a name that is not known when the code is read, and that is no index? */
export function isLookup(node: ts.Expression, parsed: ParsedCode): boolean {
  const inner = bare(node);
  if (ts.isElementAccessExpression(inner))
    return (
      (keyOf(inner.argumentExpression) === undefined && !isIndex(inner.argumentExpression, parsed)) ||
      isLookup(inner.expression, parsed)
    );
  if (ts.isPropertyAccessExpression(inner))
    return /^(call|apply|bind)$/.test(inner.name.text) && isLookup(inner.expression, parsed);
  if (ts.isConditionalExpression(inner)) return isLookup(inner.whenTrue, parsed) || isLookup(inner.whenFalse, parsed);
  if (ts.isAwaitExpression(inner)) return isLookup(inner.expression, parsed);
  if (ts.isBinaryExpression(inner)) {
    const { kind } = inner.operatorToken;
    if (kind === ts.SyntaxKind.CommaToken) return isLookup(inner.right, parsed);
    return (
      (kind === ts.SyntaxKind.QuestionQuestionToken ||
        kind === ts.SyntaxKind.BarBarToken ||
        kind === ts.SyntaxKind.AmpersandAmpersandToken) &&
      (isLookup(inner.left, parsed) || isLookup(inner.right, parsed))
    );
  }
  return false;
}

/** Is it a number, as far as can be told by reading: the variable of a counting loop, a sum, a length? */
export function isIndex(node: ts.Expression, parsed: ParsedCode, depth = 0): boolean {
  const inner = bare(node);
  if (depth > 8) return false;
  if (ts.isNumericLiteral(inner)) return true;
  if (ts.isPrefixUnaryExpression(inner) || ts.isPostfixUnaryExpression(inner))
    return inner.operator !== ts.SyntaxKind.ExclamationToken;
  if (ts.isPropertyAccessExpression(inner)) return inner.name.text === 'length' || inner.name.text === 'size';
  if (ts.isCallExpression(inner)) {
    const { expression: callee } = inner;
    if (ts.isIdentifier(callee))
      return /^(Number|parseInt|parseFloat)$/.test(callee.text) && parsed.declarationsOf(callee).length === 0;
    if (!ts.isPropertyAccessExpression(callee)) return false;
    if (ts.isIdentifier(callee.expression) && callee.expression.text === 'Math')
      return parsed.declarationsOf(callee.expression).length === 0;
    return /^(indexOf|lastIndexOf|findIndex|findLastIndex|charCodeAt|getDay|getMonth|getHours|getUTCDay|getUTCMonth)$/.test(
      callee.name.text,
    );
  }
  if (ts.isBinaryExpression(inner)) {
    const { kind } = inner.operatorToken;
    const numeric = [
      ts.SyntaxKind.MinusToken,
      ts.SyntaxKind.AsteriskToken,
      ts.SyntaxKind.SlashToken,
      ts.SyntaxKind.PercentToken,
      ts.SyntaxKind.BarToken,
      ts.SyntaxKind.AmpersandToken,
      ts.SyntaxKind.GreaterThanGreaterThanToken,
      ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken,
      ts.SyntaxKind.AsteriskAsteriskToken,
    ];
    if (numeric.includes(kind)) return true;
    return (
      kind === ts.SyntaxKind.PlusToken &&
      isIndex(inner.left, parsed, depth + 1) &&
      isIndex(inner.right, parsed, depth + 1)
    );
  }
  if (!ts.isIdentifier(inner)) return false;
  const declarations = parsed.declarationsOf(inner);
  return declarations.length > 0 && declarations.every((one) => isNumber(one, parsed, depth + 1));
}

function isNumber(node: ts.Declaration, parsed: ParsedCode, depth: number): boolean {
  if (ts.isParameter(node)) {
    if (node.type !== undefined) return node.type.kind === ts.SyntaxKind.NumberKeyword;
    return isCallbackIndex(node);
  }
  if (!ts.isVariableDeclaration(node)) return false;
  if (node.type !== undefined) return node.type.kind === ts.SyntaxKind.NumberKeyword;
  return node.initializer !== undefined && isIndex(node.initializer, parsed, depth);
}

/** The second parameter of `list.map((item, index) => …)`, and the third of `reduce`. */
function isCallbackIndex(node: ts.ParameterDeclaration): boolean {
  const { parent } = node;
  if (!ts.isArrowFunction(parent) && !ts.isFunctionExpression(parent)) return false;
  const call = parent.parent;
  if (!ts.isCallExpression(call) || call.arguments[0] !== parent || !ts.isPropertyAccessExpression(call.expression))
    return false;
  const at = parent.parameters.indexOf(node);
  const method = call.expression.name.text;
  if (/^reduce(Right)?$/.test(method)) return at === 2;
  return at === 1 && /^(map|forEach|filter|some|every|find|findIndex|findLast|findLastIndex|flatMap)$/.test(method);
}
