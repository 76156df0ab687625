import { ts } from '../../source/syntax/typescript.js';
import type { Tell } from './check.ts';
import { bare, keyOf, rootOf } from './constant.ts';
import { calls, changing, clocks, dynamic, free, insteadOf, members, nobody, tools, withinZod } from './names.ts';
import { isHidden, isIndex } from './lookups.ts';
import type { ParsedCode } from './parse.ts';
import { contextOf } from './shape.ts';

/** Judges every name that is used as a value, and every place that is written to. */
export function judgeNames(parsed: ParsedCode, tell: Tell): void {
  const { source } = parsed;
  const context = contextOf(parsed);
  const isFree = (node: ts.Expression): node is ts.Identifier =>
    ts.isIdentifier(node) && parsed.declarationsOf(node).length === 0;

  const isZod = (node: ts.Expression): boolean =>
    ts.isIdentifier(node) &&
    parsed.declarationsOf(node).some((one) => {
      const clause = ts.isImportSpecifier(one) ? one.parent.parent : ts.isNamespaceImport(one) ? one.parent : one;
      const from = ts.isImportClause(clause) ? clause.parent.moduleSpecifier : undefined;
      return from !== undefined && ts.isStringLiteral(from) && from.text === 'zod';
    });
  const isContext = (node: ts.Expression): boolean =>
    context !== undefined && ts.isIdentifier(node) && parsed.declarationsOf(node).includes(context);

  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isIdentifier(node)) name(node);
    else if (ts.isPropertyAccessExpression(node)) member(bare(node.expression), node.name.text, node.name);
    else if (ts.isElementAccessExpression(node)) element(node);
    else if (ts.isCallExpression(node) || ts.isNewExpression(node)) call(node);
    else if (ts.isTaggedTemplateExpression(node)) calling(node.tag);
    else if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) written(node.left, node);
    else if (ts.isDeleteExpression(node)) written(node.expression, node);
    else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
        written(node.operand, node);
    } else if (
      (ts.isForOfStatement(node) || ts.isForInStatement(node)) &&
      !ts.isVariableDeclarationList(node.initializer)
    )
      written(node.initializer, node);
    else if (ts.isVariableDeclaration(node)) declared(node);
    else if (ts.isVariableDeclarationList(node)) list(node);
    ts.forEachChild(node, visit);
  };

  /** A name that stands for a value. */
  function name(node: ts.Identifier): void {
    if (!isValue(node)) return;
    const { text } = node;
    if (parsed.declarationsOf(node).length > 0) {
      if (isZod(node) && !isPart(node))
        tell(node, 'MR5035', `'${text}' of zod is handed on as a whole, so that nobody can see what is done with it.`);
      return;
    }
    if (dynamic.has(text))
      return tell(
        node,
        'MR5032',
        `'${text}' is not given: through it code reaches what cannot be read in it.`,
        insteadOf(text),
      );
    if (free.has(text)) return;
    if (!tools.has(text))
      return tell(
        node,
        'MR5033',
        `'${text}' is not given: it is neither declared, nor imported, nor a global that a task may use.`,
        insteadOf(text),
      );
    if (!isPart(node))
      tell(
        node,
        'MR5035',
        `'${text}' is handed on as a whole, so that nobody can see what is done with it.`,
        `Call it, or ask it for a member, where it is used.`,
      );
  }

  /** A member of a global. */
  function member(of: ts.Expression, key: string, at: ts.Node): void {
    if (isZod(of) && withinZod.has(key))
      tell(at, 'MR5035', `'${key}' of zod is not used in tasks: it is the same for everybody, or makes code.`);
    if (!isFree(of) || nobody.has(key)) return;
    const whole = `${of.text}.${key}`;
    const other = clocks.get(whole);
    const known = members.get(of.text);
    if (other !== undefined)
      tell(
        at,
        'MR5040',
        `'${whole}' gives something else each time, so that nobody can verify what comes of it.`,
        `Use ${other}.`,
      );
    else if (
      (known !== undefined && !known.has(key)) ||
      (free.has(of.text) && /^(prepareStackTrace|captureStackTrace|stackTraceLimit)$/.test(key))
    )
      tell(
        at,
        'MR5035',
        `'${whole}' is not used in tasks: it looks into values, or changes them, beside their members.`,
      );
  }

  function element(node: ts.ElementAccessExpression): void {
    const of = bare(node.expression);
    const key = keyOf(node.argumentExpression);
    if (key !== undefined) member(of, key, node);
    else if (isZod(of) || isContext(of) || (isFree(of) && (tools.has(of.text) || free.has(of.text))))
      tell(
        node,
        'MR5035',
        `A member of '${of.getText()}' is asked for by a name that is not known when the code is read.`,
        'Write the name of the member.',
      );
  }

  function call(node: ts.CallExpression | ts.NewExpression): void {
    const callee = bare(node.expression);
    calling(node.expression);
    const count = node.arguments?.length ?? 0;
    if (isFree(callee) && callee.text === 'Date' && (count === 0 || !ts.isNewExpression(node)))
      tell(
        node,
        'MR5040',
        'The present time is something else each time, so that nobody can verify what comes of it.',
        'Use ctx.now(), in ms since 1970: new Date(ctx.now()).',
      );
    if (!ts.isPropertyAccessExpression(callee)) return;
    if (
      /^format(ToParts)?$/.test(callee.name.text) &&
      isNothing(node.arguments?.[0]) &&
      isDateFormat(callee.expression)
    )
      tell(
        node,
        'MR5040',
        'Without a date the present time is formatted, which is something else each time.',
        'Hand it a date: new Date(ctx.now()).',
      );
    const [given] = node.arguments ?? [];
    if (given !== undefined && calls.has(callee.name.text)) calling(given);
    const target = bare(callee.expression);
    if (isFree(target) && target.text === 'Object' && callee.name.text === 'assign') {
      const [first] = node.arguments ?? [];
      const into = first === undefined ? undefined : rootOf(first);
      if (into !== undefined) change(origin(into), node, 'assigns to');
    } else if (changing.has(callee.name.text)) {
      const root = rootOf(target);
      if (root !== undefined && !isFree(root)) change(origin(root), node, `calls '${callee.name.text}' on`);
    }
  }

  function isDateFormat(node: ts.Expression): boolean {
    const inner = bare(node);
    if (ts.isNewExpression(inner) || ts.isCallExpression(inner))
      return inner.expression.getText().endsWith('.DateTimeFormat');
    if (!ts.isIdentifier(inner)) return false;
    return parsed
      .declarationsOf(inner)
      .some((one) => ts.isVariableDeclaration(one) && one.initializer !== undefined && isDateFormat(one.initializer));
  }

  /** What is called is known when the code is read. */
  function calling(node: ts.Expression): void {
    if (isHidden(node, parsed))
      tell(
        node,
        'MR5035',
        'A function is looked up by a name that is not known when the code is read.',
        'Use switch, or a Map of functions.',
      );
  }

  function written(target: ts.Expression, node: ts.Node): void {
    const inner = bare(target);
    if (ts.isObjectLiteralExpression(inner) || ts.isArrayLiteralExpression(inner)) return pattern(inner, node);
    const root = rootOf(inner);
    if (root !== undefined) change(root === inner ? root : origin(root), node, 'changes');
    // `a[b][c] = d` is how the prototype of everything is changed.
    if (ts.isElementAccessExpression(inner) && lookups(inner) > 1)
      tell(
        node,
        'MR5035',
        'Something is written below a name that is not known when the code is read.',
        'Use a Map, or take out what is changed first.',
      );
  }

  function lookups(node: ts.Expression): number {
    const inner = bare(node);
    if (!ts.isElementAccessExpression(inner))
      return ts.isPropertyAccessExpression(inner) ? lookups(inner.expression) : 0;
    const known = keyOf(inner.argumentExpression) !== undefined || isIndex(inner.argumentExpression, parsed);
    return (known ? 0 : 1) + lookups(inner.expression);
  }

  function pattern(node: ts.ObjectLiteralExpression | ts.ArrayLiteralExpression, at: ts.Node): void {
    const parts = ts.isArrayLiteralExpression(node)
      ? node.elements.map((one) => (ts.isSpreadElement(one) ? one.expression : one))
      : node.properties.flatMap((one) =>
          ts.isPropertyAssignment(one)
            ? [one.initializer]
            : ts.isShorthandPropertyAssignment(one)
              ? [one.name]
              : ts.isSpreadAssignment(one)
                ? [one.expression]
                : [],
        );
    for (const part of parts) {
      if (ts.isOmittedExpression(part)) continue;
      written(ts.isBinaryExpression(part) ? part.left : part, at);
    }
  }

  /** What a constant is another name for: `const out = add.output` is a part of `add`. */
  function origin(name: ts.Identifier, depth = 0): ts.Identifier {
    const [declaration] = parsed.declarationsOf(name);
    let at: ts.Node | undefined = declaration;
    while (
      at !== undefined &&
      (ts.isBindingElement(at) || ts.isObjectBindingPattern(at) || ts.isArrayBindingPattern(at))
    )
      at = at.parent;
    if (at === undefined || !ts.isVariableDeclaration(at) || at.initializer === undefined || depth > 8) return name;
    const from = rootOf(at.initializer);
    return from === undefined ? name : origin(from, depth + 1);
  }

  /** A change of what a name stands for, or of a part of it. */
  function change(root: ts.Identifier, node: ts.Node, how: string): void {
    const declarations = parsed.declarationsOf(root);
    if (declarations.length === 0)
      return tell(node, 'MR5034', `It ${how} '${root.text}', which is not its own.`, 'Make a value of your own.');
    for (const one of declarations) {
      if (ts.isImportSpecifier(one) || ts.isImportClause(one) || ts.isNamespaceImport(one))
        return tell(node, 'MR5034', `It ${how} '${root.text}', which it imports.`, 'Make a value of your own.');
      if (context !== undefined && (one === context || within(one, context)))
        return tell(node, 'MR5034', `It ${how} its context.`);
      if (isOfModule(one))
        return tell(
          node,
          'MR5039',
          `It ${how} '${root.text}', which outlives the call: a task keeps nothing from one call to the next.`,
          'Make it anew in each call, or keep it with ctx.checkpoint.',
        );
    }
  }

  function list(node: ts.VariableDeclarationList): void {
    if (
      (node.flags & ts.NodeFlags.Const) === 0 &&
      ts.isVariableStatement(node.parent) &&
      ts.isSourceFile(node.parent.parent)
    )
      tell(
        node,
        'MR5039',
        'A variable of the module outlives the call: a task keeps nothing from one call to the next.',
        'Use const, or make it in the function.',
      );
  }

  /** `const { assign } = Object` gives a builtin another name. */
  function declared({ name: into, initializer }: ts.VariableDeclaration): void {
    const from = initializer === undefined ? undefined : bare(initializer);
    if (from !== undefined && isFree(from) && !ts.isIdentifier(into) && free.has(from.text))
      tell(into, 'MR5035', `Members of '${from.text}' get other names.`, 'Call them where they are used.');
  }

  visit(source);
}

const isNothing = (node: ts.Expression | undefined): boolean =>
  node === undefined || (ts.isIdentifier(node) && node.text === 'undefined');

/** Is it a value that is asked for, and not the name of a declaration, a member or a label? */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isPropertyDeclaration(parent))
    return parent.initializer === node;
  if (ts.isExpressionWithTypeArguments(parent)) {
    const { parent: clause } = parent;
    // `Array<number>` is a value, too, and another name for `Array`.
    if (!ts.isHeritageClause(clause)) return parent.expression === node;
    return clause.token === ts.SyntaxKind.ExtendsKeyword && !ts.isInterfaceDeclaration(clause.parent);
  }
  if (ts.isExportSpecifier(parent)) return (parent.propertyName ?? parent.name) === node && !parent.isTypeOnly;
  if (ts.isComputedPropertyName(parent)) return true;
  return (
    ts.isExpressionStatement(parent) ||
    ts.isTemplateSpan(parent) ||
    ts.isSpreadElement(parent) ||
    ts.isSpreadAssignment(parent) ||
    ts.isExportAssignment(parent) ||
    isExpressionParent(parent)
  );
}

function isExpressionParent(parent: ts.Node): boolean {
  if (ts.isFunctionLike(parent)) return ts.isArrowFunction(parent);
  if (
    ts.isClassLike(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent)
  )
    return false;
  if (
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isInterfaceDeclaration(parent)
  )
    return false;
  if (
    ts.isTypeNode(parent) ||
    ts.isTypeElement(parent) ||
    ts.isTypeParameterDeclaration(parent) ||
    ts.isQualifiedName(parent)
  )
    return false;
  if (
    ts.isEnumDeclaration(parent) ||
    ts.isEnumMember(parent) ||
    ts.isModuleDeclaration(parent) ||
    ts.isMetaProperty(parent)
  )
    return false;
  return !ts.isNamespaceExport(parent) && !ts.isImportAttribute(parent);
}

/** Is a global called, made, compared or asked for a member, and not handed on? */
function isPart(node: ts.Identifier): boolean {
  let inner: ts.Node = node;
  while (ts.isParenthesizedExpression(inner.parent) || ts.isNonNullExpression(inner.parent)) inner = inner.parent;
  const { parent } = inner;
  if (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) return parent.expression === inner;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return parent.expression === inner;
  if (ts.isTypeOfExpression(parent)) return true;
  return (
    ts.isBinaryExpression(parent) &&
    parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword &&
    parent.right === inner
  );
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function within(node: ts.Node, outer: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) if (at === outer) return true;
  return false;
}

/** Does a declaration stand at the top of the module? */
function isOfModule(node: ts.Declaration): boolean {
  let at: ts.Node = node;
  while (
    ts.isBindingElement(at) ||
    ts.isObjectBindingPattern(at) ||
    ts.isArrayBindingPattern(at) ||
    ts.isVariableDeclaration(at) ||
    ts.isVariableDeclarationList(at) ||
    ts.isVariableStatement(at)
  )
    at = at.parent;
  return (
    ts.isSourceFile(at) || ((ts.isFunctionDeclaration(at) || ts.isClassDeclaration(at)) && ts.isSourceFile(at.parent))
  );
}
