import { ts } from '../../source/syntax/typescript.js';

/** Another text for a part of the code. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const K = ts.SyntaxKind;

/** What an operator becomes. Two for comparisons: the boundary, and the opposite. */
const operators: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map<ts.SyntaxKind, readonly string[]>([
  [K.PlusToken, ['-']],
  [K.MinusToken, ['+']],
  [K.AsteriskToken, ['/']],
  [K.SlashToken, ['*']],
  [K.PercentToken, ['*']],
  [K.LessThanToken, ['<=', '>=']],
  [K.LessThanEqualsToken, ['<', '>']],
  [K.GreaterThanToken, ['>=', '<=']],
  [K.GreaterThanEqualsToken, ['>', '<']],
  [K.EqualsEqualsEqualsToken, ['!==']],
  [K.ExclamationEqualsEqualsToken, ['===']],
  [K.EqualsEqualsToken, ['!=']],
  [K.ExclamationEqualsToken, ['==']],
  [K.AmpersandAmpersandToken, ['||']],
  [K.BarBarToken, ['&&']],
  [K.PlusEqualsToken, ['-=']],
  [K.MinusEqualsToken, ['+=']],
  [K.AsteriskEqualsToken, ['/=']],
  [K.SlashEqualsToken, ['*=']],
]);

/** What a method becomes. */
const methods: ReadonlyMap<string, string> = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['floor', 'ceil'],
  ['ceil', 'floor'],
  ['round', 'floor'],
  ['some', 'every'],
  ['every', 'some'],
  ['startsWith', 'endsWith'],
  ['endsWith', 'startsWith'],
  ['toUpperCase', 'toLowerCase'],
  ['toLowerCase', 'toUpperCase'],
  ['shift', 'pop'],
  ['pop', 'shift'],
]);

/** Methods that can be left out: what they are called on is what they give. */
const leftOut: ReadonlySet<string> = new Set(['filter', 'trim', 'sort', 'toSorted', 'reverse', 'toReversed', 'slice']);

/** What a change of would not be noticed by any case: what is logged, and signs of life. */
const silent = /(?:^|\.)(?:logger\.\w+|heartbeat|checkpoint|checkpointEvery)$/;

/** The little mistakes that can be made at a node. */
export function changesAt(node: ts.Node, source: ts.SourceFile): readonly Change[] {
  const put = (part: ts.Node, ...texts: readonly string[]): Change[] =>
    texts.map((text) => ({ start: part.getStart(source), end: part.end, text }));
  if (ts.isBinaryExpression(node)) {
    if (node.operatorToken.kind === K.PlusToken && (isText(node.left) || isText(node.right))) return [];
    if (node.operatorToken.kind === K.PlusEqualsToken && isText(node.right)) return [];
    if (node.operatorToken.kind === K.QuestionQuestionToken) return put(node, node.left.getText(source));
    return put(node.operatorToken, ...(operators.get(node.operatorToken.kind) ?? []));
  }
  if (ts.isPrefixUnaryExpression(node)) {
    if (node.operator === K.ExclamationToken) return put(node, node.operand.getText(source));
    if (node.operator === K.MinusToken) return put(node, node.operand.getText(source));
  }
  if (ts.isIfStatement(node))
    return isSimple(node.expression) ? put(node.expression, 'false', 'true') : put(node.expression, 'false');
  if (ts.isConditionalExpression(node)) {
    const [yes, no] = [node.whenTrue.getText(source), node.whenFalse.getText(source)];
    return yes === no ? [] : [...put(node, `(${yes})`), ...put(node, `(${no})`)];
  }
  if (node.kind === K.TrueKeyword) return put(node, 'false');
  if (node.kind === K.FalseKeyword) return put(node, 'true');
  if (ts.isNumericLiteral(node)) return put(node, node.text === '0' ? '1' : String(Number(node.text) + 1));
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return put(node, node.text === '' ? "'changed'" : "''");
  if (ts.isTemplateExpression(node)) return put(node, "''");
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { name, expression } = node.expression;
    const other = methods.get(name.text);
    return [
      ...(other === undefined ? [] : put(name, other)),
      ...(leftOut.has(name.text) && !ts.isExpressionStatement(node.parent)
        ? put(node, expression.getText(source))
        : []),
    ];
  }
  if (ts.isExpressionStatement(node)) {
    const doing = ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression;
    return ts.isCallExpression(doing) && !isLeftAlone(doing, source) ? put(node, ';') : [];
  }
  return [];
}

/** What is missing when a part of an answer, in which nothing else can be a little wrong, is forgotten. */
export function leftOutAt(node: ts.Node, source: ts.SourceFile): readonly Change[] {
  const put = (part: ts.Node, text: string): Change[] => [{ start: part.getStart(source), end: part.end, text }];
  if (ts.isReturnStatement(node)) return isGiven(node.expression) ? put(node.expression, 'undefined') : [];
  if (ts.isArrowFunction(node)) return !ts.isBlock(node.body) && isGiven(node.body) ? put(node.body, 'undefined') : [];
  if (!ts.isObjectLiteralExpression(node.parent) || !isAnswer(node.parent)) return [];
  const isPart =
    ts.isShorthandPropertyAssignment(node) ||
    ts.isSpreadAssignment(node) ||
    (ts.isPropertyAssignment(node) && isGiven(node.initializer));
  return isPart ? put(node, '...{}') : [];
}

/** Is it an expression whose value is not nothing anyway? */
function isGiven(node: ts.Expression | undefined): node is ts.Expression {
  if (node === undefined || node.kind === K.NullKeyword || ts.isVoidExpression(node)) return false;
  return !(ts.isIdentifier(node) && node.text === 'undefined');
}

/** Does a literal stand where an answer is made, maybe as a part of another literal? */
function isAnswer(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isReturnStatement(parent)) return true;
  if (ts.isArrowFunction(parent)) return parent.body === node;
  const isWithin =
    ts.isParenthesizedExpression(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isSatisfiesExpression(parent) ||
    ts.isArrayLiteralExpression(parent) ||
    ts.isObjectLiteralExpression(parent) ||
    ts.isPropertyAssignment(parent);
  return isWithin && isAnswer(parent);
}

/** Is it left alone, with all that is in it? */
export function isLeftAlone(node: ts.Node, source: ts.SourceFile): boolean {
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isInterfaceDeclaration(node)) return true;
  return ts.isCallExpression(node) && silent.test(node.expression.getText(source));
}

/** What is said to people when something fails is not part of what a case expects. */
export function isMessage(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isNewExpression(parent) && parent.arguments?.[0] === node && parent.expression.getText().endsWith('Error');
}

/** A key is not a value. */
export function isKey(node: ts.Node): boolean {
  const { parent } = node;
  return (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) && parent.name === node;
}

function isText(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return isText(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === K.PlusToken)
    return isText(node.left) || isText(node.right);
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** A condition that no other change touches. */
function isSimple(node: ts.Expression): boolean {
  return ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) || ts.isCallExpression(node);
}
