import { ts } from '../../source/syntax/typescript.js';
import { bare, keyOf } from './constant.ts';
import type { ParsedCode } from './parse.ts';

/** Does an expression give a member by a name that is not known when the code is read, and that is no index? */
function isLookup(node: ts.Expression, parsed: ParsedCode): boolean {
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

/** Can what an expression gives have been looked up so, under whatever name it has got since? */
export function isHidden(node: ts.Expression, parsed: ParsedCode, depth = 0): boolean {
  const inner = bare(node);
  if (depth > 6) return false;
  const below = (one: ts.Expression): boolean => isHidden(one, parsed, depth + 1);
  if (isLookup(inner, parsed)) return true;
  if (ts.isIdentifier(inner)) {
    const declarations = parsed.declarationsOf(inner);
    return (
      declarations.some((one) => isDeclaredHidden(one, parsed, below)) ||
      assigned(parsed).some(
        ([name, value]) =>
          parsed.declarationsOf(name).some((one) => declarations.includes(one)) &&
          (value === undefined || below(value)),
      )
    );
  }
  if (ts.isConditionalExpression(inner)) return below(inner.whenTrue) || below(inner.whenFalse);
  if (ts.isBinaryExpression(inner)) return below(inner.right) || below(inner.left);
  if (ts.isArrayLiteralExpression(inner)) return inner.elements.some(below);
  if (ts.isCallExpression(inner)) return functionsOf(inner.expression, parsed).flatMap(returned).some(below);
  if (!ts.isPropertyAccessExpression(inner)) return false;
  if (/^(call|apply|bind)$/.test(inner.name.text)) return below(inner.expression);
  return literalsOf(inner.expression, parsed).some(({ properties }) =>
    properties.some((one) => {
      if (one.name === undefined || !ts.isIdentifier(one.name) || one.name.text !== inner.name.text) return false;
      if (ts.isPropertyAssignment(one)) return below(one.initializer);
      if (ts.isShorthandPropertyAssignment(one)) return below(one.name);
      return ts.isGetAccessorDeclaration(one) && returned(one).some(below);
    }),
  );
}

function isDeclaredHidden(
  node: ts.Declaration,
  parsed: ParsedCode,
  isHiddenValue: (one: ts.Expression) => boolean,
): boolean {
  for (let at: ts.Node = node; ; at = at.parent) {
    if (ts.isBindingElement(at)) {
      const { propertyName, initializer } = at;
      if (propertyName !== undefined && isUnknownName(propertyName, parsed)) return true;
      if (initializer !== undefined && isHiddenValue(initializer)) return true;
    } else if (ts.isVariableDeclaration(at) || ts.isParameter(at))
      return at.initializer !== undefined && isHiddenValue(at.initializer);
    else if (!ts.isObjectBindingPattern(at) && !ts.isArrayBindingPattern(at)) return false;
  }
}

/** `{ [key]: value }`, where nobody sees what `key` is. */
function isUnknownName(name: ts.PropertyName, parsed: ParsedCode): boolean {
  return ts.isComputedPropertyName(name) && keyOf(name.expression) === undefined && !isIndex(name.expression, parsed);
}

/** No value: one that was looked up. */
type Assigned = readonly (readonly [name: ts.Identifier, value: ts.Expression | undefined])[];
const assignments = new WeakMap<ParsedCode, Assigned>();

/** Every name that is written to, and what it becomes. */
function assigned(parsed: ParsedCode): Assigned {
  const known = assignments.get(parsed);
  if (known !== undefined) return known;
  const found: (readonly [ts.Identifier, ts.Expression | undefined])[] = [];
  const into = (target: ts.Expression, value: ts.Expression | undefined): void => {
    const inner = bare(target);
    if (ts.isIdentifier(inner)) found.push([inner, value]);
    else if (ts.isArrayLiteralExpression(inner)) for (const one of inner.elements) into(one, value);
    else if (ts.isObjectLiteralExpression(inner))
      for (const one of inner.properties)
        if (ts.isPropertyAssignment(one)) into(one.initializer, isUnknownName(one.name, parsed) ? undefined : value);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) into(node.left, node.right);
    ts.forEachChild(node, visit);
  };
  visit(parsed.source);
  assignments.set(parsed, found);
  return found;
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

/** The functions of the module that a callee can stand for. */
function functionsOf(callee: ts.Expression, parsed: ParsedCode): readonly ts.FunctionLikeDeclaration[] {
  const inner = bare(callee);
  if (ts.isArrowFunction(inner) || ts.isFunctionExpression(inner)) return [inner];
  if (!ts.isIdentifier(inner)) return [];
  return parsed.declarationsOf(inner).flatMap((one): readonly ts.FunctionLikeDeclaration[] => {
    if (ts.isFunctionDeclaration(one)) return [one];
    const value = ts.isVariableDeclaration(one) && one.initializer !== undefined ? bare(one.initializer) : undefined;
    return value !== undefined && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) ? [value] : [];
  });
}

/** What a function gives. */
function returned({ body }: ts.FunctionLikeDeclaration): readonly ts.Expression[] {
  if (body === undefined) return [];
  if (!ts.isBlock(body)) return [body];
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isReturnStatement(node) && node.expression !== undefined) found.push(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

/** The object literals that an expression can stand for. */
function literalsOf(node: ts.Expression, parsed: ParsedCode): readonly ts.ObjectLiteralExpression[] {
  const inner = bare(node);
  if (ts.isObjectLiteralExpression(inner)) return [inner];
  if (!ts.isIdentifier(inner)) return [];
  return parsed.declarationsOf(inner).flatMap((one) => {
    const value = ts.isVariableDeclaration(one) && one.initializer !== undefined ? bare(one.initializer) : undefined;
    return value !== undefined && ts.isObjectLiteralExpression(value) ? [value] : [];
  });
}
